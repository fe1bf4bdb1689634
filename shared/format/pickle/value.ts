import type { PickleArray, PickleDtype } from "./numpy_array.ts";

/**
 * What a pickle can hold here: plain data, nothing that acts.
 *
 * | Python | here |
 * | --- | --- |
 * | `None`, `bool`, `str` | `null`, `boolean`, `string` |
 * | `int` (any size), numpy integer | `bigint` |
 * | `float`, numpy float | `number` |
 * | `bytes`, `bytearray` | `Uint8Array` |
 * | `list` | array |
 * | `tuple` | {@linkcode PickleTuple} |
 * | `dict`, `OrderedDict` | `Map`, in the order of insertion; keys that are equal in Python are one key |
 * | `set`, `frozenset` | `Set` |
 * | numpy array | {@linkcode PickleArray} |
 * | numpy dtype, a recognised class | {@linkcode PickleDtype}, {@linkcode PickleGlobal}: inert |
 * | pandas objects | {@linkcode PickleObject}: inert |
 */
export type PickleValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleArray
  | PickleDtype
  | PickleGlobal
  | PickleObject;

/** A Python tuple. */
export class PickleTuple {
  /** The members, in order. */
  readonly items: readonly PickleValue[];

  /**
   * Makes a tuple.
   *
   * @param items the members, in order
   */
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** The name of a recognised Python class or function: a name only, nothing to call. */
export class PickleGlobal {
  /** Python module, as written in the file. */
  readonly module: string;
  /** Qualified name inside the module. */
  readonly qualname: string;

  /**
   * Keeps a name.
   *
   * @param module Python module
   * @param qualname qualified name inside the module
   */
  constructor(module: string, qualname: string) {
    this.module = module;
    this.qualname = qualname;
  }

  /**
   * Tells the name as errors tell it.
   *
   * @returns module and name joined by a dot
   */
  toString(): string {
    return `${this.module}.${this.qualname}`;
  }
}

/**
 * How the file says that an object of a recognised class is to be made. Nothing is made: whoever
 * knows the class (pandas) reads the parts.
 */
export class PickleObject {
  /** The class or function that Python would call. */
  readonly type: PickleGlobal;
  /** What Python would call it with. */
  readonly args: PickleTuple;
  /** What Python would hand to `__setstate__`, or null. */
  state: PickleValue = null;

  /**
   * Keeps the parts of a call.
   *
   * @param type class or function that Python would call
   * @param args what Python would call it with
   */
  constructor(type: PickleGlobal, args: PickleTuple) {
    this.type = type;
    this.args = args;
  }
}
