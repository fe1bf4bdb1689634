import { VALUE_BYTES } from "./budget.ts";
import type { Machine } from "./machine.ts";
import {
  DATETIME_UNITS_NS,
  decodeElements,
  PickleArray,
  PickleDtype,
  type PickleDtypeKind,
  PickleTuple,
  type PickleValue,
} from "./value.ts";
import { Python2Text } from "./python_text.ts";
import { plain, type StackValue } from "./stack_value.ts";

const FLOAT_AND_INT_BYTES: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
  M: [8],
  O: [8, 4],
};

/**
 * `numpy.dtype(name, align, copy)`.
 * @throws {PickleError} for types that hold no plain values
 */
export function makeDtype(machine: Machine, args: readonly StackValue[]): PickleDtype {
  const name = args[0] === undefined ? null : plain(args[0]);
  const match = typeof name === "string" ? /^[<>=|]?([biufUSOM])(\d{1,9})$/.exec(name) : null;
  const kind = match?.[1] as PickleDtypeKind | undefined;
  const size = Number(match?.[2]);
  const sizes = FLOAT_AND_INT_BYTES[kind ?? ""];
  if (kind === undefined || (sizes !== undefined && !sizes.includes(size))) {
    const told = typeof name === "string" ? JSON.stringify(name.slice(0, 40)) : "of no name";
    throw machine.fault(`the numpy type ${told} is not supported; convert the array to a list`);
  }
  return new PickleDtype(kind, kind === "U" ? 4 * size : size);
}

/** `dtype.__setstate__`: `(version, order, subarray, names, fields, size, alignment, flags[, metadata])`. */
export function setDtypeState(machine: Machine, dtype: PickleDtype, state: StackValue): void {
  const items = state instanceof PickleTuple ? state.items.map(plain) : [];
  const [version, order, subarray, names] = items;
  if ((version !== 3n && version !== 4n) || typeof order !== "string") {
    throw machine.fault("a numpy type has an unknown state; convert the array to a list");
  }
  if (subarray !== null || names !== null) {
    throw machine.fault("structured numpy types are not supported; convert the array to a list");
  }
  dtype.littleEndian = order !== ">";
  const metadata = items[8];
  const units = metadata instanceof PickleTuple ? metadata.items[1] : undefined;
  if (dtype.kind !== "M") return;
  const [unit, multiple] = units instanceof PickleTuple ? units.items : [];
  const name = unit instanceof Uint8Array ? new TextDecoder().decode(unit) : plain(unit ?? null);
  if (typeof name !== "string" || !DATETIME_UNITS_NS.has(name) || multiple !== 1n) {
    throw machine.fault("a numpy date has an unsupported unit; convert it to text");
  }
  dtype.unit = name;
}

/** Interprets `numpy.core.multiarray.scalar(dtype, bytes)`. */
export function makeScalar(machine: Machine, args: readonly StackValue[]): PickleValue {
  const dtype = args[0];
  const bytes = packedBytes(args[1]);
  if (
    !(dtype instanceof PickleDtype) || dtype.kind === "O" || bytes?.length !== dtype.itemBytes
  ) {
    throw machine.fault("a numpy scalar is malformed; convert it with its item() method");
  }
  machine.budget.spend(bytes.length);
  requireUnit(machine, dtype);
  return decodeElements(bytes, dtype, 1)[0]!;
}

/** `_reconstruct(numpy.ndarray, (0,), b"b")`: an empty array that {@linkcode setArrayState} fills. */
export function makeArray(): PickleArray {
  return new PickleArray();
}

/** `ndarray.__setstate__`: `(1, shape, dtype, fortran_order, data)`. */
export function setArrayState(machine: Machine, array: PickleArray, state: StackValue): void {
  const items = state instanceof PickleTuple ? state.items : [];
  if (items.length !== 5 || items[0] !== 1n) {
    throw machine.fault("a numpy array has an unknown state; convert it with its tolist() method");
  }
  const [, shape, dtype, fortranOrder, data] = items;
  fillArray(machine, array, { shape, dtype, fortranOrder: fortranOrder === true, data });
}

/** Interprets `numpy.core.numeric._frombuffer(buffer, dtype, shape, order)` of protocol 5. */
export function makeArrayFromBuffer(machine: Machine, args: readonly StackValue[]): PickleArray {
  const [data, dtype, shape, order] = args;
  const array = new PickleArray();
  fillArray(machine, array, { shape, dtype, data, fortranOrder: order === "F" });
  return array;
}

interface ArrayParts {
  readonly shape: StackValue | undefined;
  readonly dtype: StackValue | undefined;
  readonly data: StackValue | undefined;
  readonly fortranOrder: boolean;
}

function fillArray(machine: Machine, array: PickleArray, parts: ArrayParts): void {
  const { dtype, fortranOrder } = parts;
  const shape = shapeOf(machine, parts.shape);
  if (!(dtype instanceof PickleDtype)) {
    throw machine.fault("a numpy array has no element type; the file is damaged");
  }
  requireUnit(machine, dtype);
  const count = shape.reduce((product, length) => product * length, 1);
  const data = dtype.kind === "O" ? parts.data : packedBytes(parts.data);
  const expected = dtype.kind === "O" ? count : count * dtype.itemBytes;
  const fits = (Array.isArray(data) || data instanceof Uint8Array) && data.length === expected;
  if (!fits || (dtype.itemBytes === 0 && count > 0)) {
    throw machine.fault(`a numpy array of shape (${shape.join(", ")}) does not match its data`);
  }
  array.shape = shape;
  array.dtype = dtype;
  array.fortranOrder = fortranOrder;
  array.data = data;
}

function shapeOf(machine: Machine, value: StackValue | undefined): number[] {
  const lengths = value instanceof PickleTuple ? value.items.map(plain) : [];
  let product = 1; // counts an empty axis as 1: an array of shape (10**9, 0) expands to 10**9 lists
  for (const length of lengths) {
    if (typeof length !== "bigint" || length < 0n) product = Infinity;
    else product *= Math.max(Number(length), 1);
  }
  if (!(value instanceof PickleTuple) || product > machine.budget.elementsMax) {
    throw machine.fault("a numpy array has an impossible shape; the file is damaged");
  }
  machine.budget.spend(VALUE_BYTES * product);
  return lengths.map(Number);
}

function requireUnit(machine: Machine, dtype: PickleDtype): void {
  if (dtype.kind === "M" && dtype.unit === null) {
    throw machine.fault("a numpy date has no unit; convert it to text");
  }
}

/** Returns packed numbers: `bytes`, or a `str` of Python 2 (already text if ASCII); undefined for anything else. */
export function packedBytes(value: StackValue | undefined): Uint8Array | undefined {
  if (value instanceof Python2Text) return value.bytes;
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string" || !/^[\0-\x7f]*$/.test(value)) return undefined;
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}
