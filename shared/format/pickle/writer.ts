import { PICKLE_DEPTH_MAX } from "../../limits.ts";
import { FramedOutput, type PayloadOpcodes } from "./framed_output.ts";
import { PickleArray, PickleTuple, type PickleValue } from "./value.ts";
import { OPCODES, PROTOCOL_WRITTEN } from "./opcodes.ts";

/** Members per mark, as in CPython, so that a reader's stack stays small. */
const BATCH_LENGTH = 1000;

const TEXT_OPCODES: PayloadOpcodes = {
  short: OPCODES.SHORT_BINUNICODE,
  long: OPCODES.BINUNICODE,
  huge: OPCODES.BINUNICODE8,
};
const BYTES_OPCODES: PayloadOpcodes = {
  short: OPCODES.SHORT_BINBYTES,
  long: OPCODES.BINBYTES,
  huge: OPCODES.BINBYTES8,
};
const LONG_OPCODES: PayloadOpcodes = {
  short: OPCODES.LONG1,
  long: OPCODES.LONG4,
  huge: OPCODES.LONG4,
};

/**
 * Writes plain data as protocol 4, with the bytes of CPython's pickler for lists, dicts, tuples, texts, bytes and
 * numbers. A numpy array is written as its `tolist()`, so that readers need no matching numpy version.
 * @throws {TypeError} when it holds a class, a numpy type, a pandas object, or itself
 * @throws {RangeError} when containers are nested too deeply
 */
export function writePickle(value: PickleValue): Uint8Array<ArrayBuffer> {
  const output = new FramedOutput(PROTOCOL_WRITTEN);
  new Writer(output).write(value, false, 0);
  output.byte(OPCODES.STOP);
  return output.end();
}

class Writer {
  readonly #output: FramedOutput;
  readonly #memo = new Map<PickleValue, number>();
  readonly #open = new Set<PickleValue>();

  constructor(output: FramedOutput) {
    this.#output = output;
  }

  /** Writes a value. `hashable` is true inside a dict key or a set, where sets must be frozen. */
  write(value: PickleValue, hashable: boolean, depth: number): void {
    if (value === null) this.#output.byte(OPCODES.NONE);
    else if (typeof value === "boolean") {
      this.#output.byte(value ? OPCODES.NEWTRUE : OPCODES.NEWFALSE);
    } else if (typeof value === "bigint") this.#integer(value);
    else if (typeof value === "number") this.#double(value);
    else if (!this.#recalled(value)) this.#shareable(value, hashable, depth);
  }

  #recalled(value: PickleValue): boolean {
    const index = this.#memo.get(value);
    if (index === undefined) return false;
    if (this.#open.has(value)) {
      throw new TypeError("Cannot write the pickle: a value contains itself");
    }
    if (index < 0x100) this.#output.operand(OPCODES.BINGET, index, 1);
    else this.#output.operand(OPCODES.LONG_BINGET, index, 4);
    return true;
  }

  #shareable(value: PickleValue, hashable: boolean, depth: number): void {
    if (depth > PICKLE_DEPTH_MAX) {
      throw new RangeError(
        `Cannot write the pickle: values are nested more than ${PICKLE_DEPTH_MAX} levels deep`,
      );
    }
    if (typeof value === "string") return this.#text(value);
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (value instanceof PickleArray) return this.write(value.toList(), hashable, depth);
    if (this.#open.has(value)) {
      throw new TypeError("Cannot write the pickle: a value contains itself");
    }
    this.#open.add(value);
    if (Array.isArray(value)) this.#list(value, depth);
    else if (value instanceof PickleTuple) this.#tuple(value, hashable, depth);
    else if (value instanceof Map) this.#dict(value, depth);
    else if (value instanceof Set) this.#set(value, hashable, depth);
    else {throw new TypeError(
        `Cannot write the pickle: it contains a ${nameOf(value)}, which is not plain data`,
      );}
    this.#open.delete(value);
  }

  #memoize(value: PickleValue): void {
    this.#memo.set(value, this.#memo.size);
    this.#output.byte(OPCODES.MEMOIZE);
  }

  #integer(value: bigint): void {
    if (value >= 0n && value < 0x100n) this.#output.operand(OPCODES.BININT1, Number(value), 1);
    else if (value >= 0n && value < 0x10000n) {
      this.#output.operand(OPCODES.BININT2, Number(value), 2);
    } else if (BigInt.asIntN(32, value) === value) {
      this.#output.operand(OPCODES.BININT, Number(value), 4);
    } else this.#long(value);
  }

  #long(value: bigint): void {
    const magnitude = value < 0n ? -value - 1n : value;
    const length = Math.ceil((magnitude.toString(2).length + 1) / 8); // one more bit for the sign
    const bytes = new Uint8Array(length);
    let rest = BigInt.asUintN(length * 8, value);
    for (let index = 0; index < length; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
    this.#output.payload(bytes, LONG_OPCODES);
  }

  #double(value: number): void {
    const bytes = new Uint8Array(9);
    bytes[0] = OPCODES.BINFLOAT;
    new DataView(bytes.buffer).setFloat64(1, value, false);
    this.#output.opcode(bytes);
  }

  #text(value: string): void {
    if (!value.isWellFormed()) {
      throw new TypeError("Cannot write the pickle: a text contains half a surrogate pair");
    }
    this.#output.text(value, TEXT_OPCODES);
    this.#memoize(value);
  }

  #bytes(value: Uint8Array): void {
    this.#output.payload(value, BYTES_OPCODES);
    this.#memoize(value);
  }

  #list(value: readonly PickleValue[], depth: number): void {
    this.#output.byte(OPCODES.EMPTY_LIST);
    this.#memoize(value as PickleValue[]);
    this.#batches(value, OPCODES.APPEND, OPCODES.APPENDS, (item) => {
      this.write(item, false, depth + 1);
    });
  }

  #dict(value: Map<PickleValue, PickleValue>, depth: number): void {
    this.#output.byte(OPCODES.EMPTY_DICT);
    this.#memoize(value);
    this.#batches([...value], OPCODES.SETITEM, OPCODES.SETITEMS, ([key, item]) => {
      this.write(key, true, depth + 1);
      this.write(item, false, depth + 1);
    });
  }

  #tuple(value: PickleTuple, hashable: boolean, depth: number): void {
    const codes = [OPCODES.EMPTY_TUPLE, OPCODES.TUPLE1, OPCODES.TUPLE2, OPCODES.TUPLE3];
    const code = codes[value.items.length];
    if (code === undefined) this.#output.byte(OPCODES.MARK);
    for (const item of value.items) this.write(item, hashable, depth + 1);
    this.#output.byte(code ?? OPCODES.TUPLE);
    if (value.items.length > 0) this.#memoize(value);
  }

  #set(value: Set<PickleValue>, hashable: boolean, depth: number): void {
    const members = [...value];
    const write = (member: PickleValue): void => this.write(member, true, depth + 1);
    if (hashable) {
      this.#output.byte(OPCODES.MARK);
      members.forEach(write);
      this.#output.byte(OPCODES.FROZENSET);
      this.#memoize(value);
      return;
    }
    this.#output.byte(OPCODES.EMPTY_SET);
    this.#memoize(value);
    this.#batches(members, OPCODES.ADDITEMS, OPCODES.ADDITEMS, write, true);
  }

  /** Writes members in batches; a single member needs no mark, except in sets. */
  #batches<T>(
    members: readonly T[],
    one: number,
    many: number,
    write: (member: T) => void,
    alwaysMark = false,
  ): void {
    const marked = alwaysMark || members.length > 1;
    for (let start = 0; start < members.length; start += BATCH_LENGTH) {
      const batch = members.slice(start, start + BATCH_LENGTH);
      if (marked) this.#output.byte(OPCODES.MARK);
      batch.forEach(write);
      this.#output.byte(marked ? many : one);
    }
  }
}

function nameOf(value: PickleValue): string {
  return typeof value === "object" ? value?.constructor.name ?? "null" : typeof value;
}
