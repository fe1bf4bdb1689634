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

  /** Creates a tuple. */
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** Name of a recognised Python class or function; it cannot be called. */
export class PickleGlobal {
  /** Python module, as in the file. */
  readonly module: string;
  /** Qualified name in the module. */
  readonly qualname: string;

  /** Keeps a name. */
  constructor(module: string, qualname: string) {
    this.module = module;
    this.qualname = qualname;
  }

  /** Returns the name as used in errors. */
  toString(): string {
    return `${this.module}.${this.qualname}`;
  }
}

/** The file's instructions to create an object. Nothing is created; readers of pandas use the parts. */
export class PickleObject {
  /** Class or function that Python would call. */
  readonly type: PickleGlobal;
  /** Arguments of the call. */
  readonly args: PickleTuple;
  /** Argument of `__setstate__`, or null. */
  state: PickleValue = null;

  /** Keeps the parts of a call. */
  constructor(type: PickleGlobal, args: PickleTuple) {
    this.type = type;
    this.args = args;
  }
}

/** Supported kinds of numpy elements, by numpy's letter. */
export type PickleDtypeKind = "b" | "i" | "u" | "f" | "U" | "S" | "O" | "M";

/** Supported units of numpy's `datetime64`, with their length in nanoseconds. */
export const DATETIME_UNITS_NS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["D", 86_400_000_000_000n],
]);

/** A numpy element type. */
export class PickleDtype {
  /** numpy's letter: bool, signed, unsigned, float, text, bytes, object, datetime. */
  readonly kind: PickleDtypeKind;
  /** Bytes per element (kind `O`: 8 in memory, none in the file). */
  readonly itemBytes: number;
  /** Byte order of the elements in the file. */
  littleEndian = true;
  /** Unit of a datetime (`D`, `s`, `ms`, `us`, `ns`, …), else null. */
  unit: string | null = null;

  /** Creates a little-endian type. */
  constructor(kind: PickleDtypeKind, itemBytes: number) {
    this.kind = kind;
    this.itemBytes = itemBytes;
  }
}

/** A numpy array. Elements stay packed, as in the file, until they are read. */
export class PickleArray {
  /** Length of each axis; empty for a zero-dimensional array. */
  shape: readonly number[] = [0];
  /** Element type. */
  dtype: PickleDtype = new PickleDtype("i", 1);
  /** Packed elements, or for kind `O` the elements themselves, in file order. */
  data: Uint8Array | PickleValue[] = new Uint8Array(0);
  /** Whether the first axis varies fastest in `data`, instead of the last. */
  fortranOrder = false;

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** Unpacks all elements in C order (last axis fastest), as plain values. */
  values(): PickleValue[] {
    const elements = this.data instanceof Uint8Array
      ? decodeElements(this.data, this.dtype, this.size)
      : [...this.data];
    if (!this.fortranOrder || this.shape.length < 2) return elements;
    return elements.map((_, index) => elements[positionInFortranOrder(index, this.shape)]!);
  }

  /** Unpacks the elements as Python's `tolist()` does: nested lists, or one value for a zero-dimensional array. */
  toList(): PickleValue {
    const values = this.values();
    let next = 0;
    const nest = (axis: number): PickleValue =>
      axis === this.shape.length
        ? values[next++]!
        : Array.from({ length: this.shape[axis]! }, () => nest(axis + 1));
    return nest(0);
  }
}

/** Converts a C-order position to the position when the first axis varies fastest. */
function positionInFortranOrder(index: number, shape: readonly number[]): number {
  let rest = index;
  let position = 0;
  let stride = shape.reduce((product, length) => product * length, 1);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    stride /= length;
    position += (rest % length) * stride;
    rest = Math.floor(rest / length);
  }
  return position;
}

/**
 * Unpacks `count` numpy elements of a type other than `O`; datetimes become ISO 8601 text, or null for NaT.
 * @throws {TypeError} when numpy has no such type size
 */
export function decodeElements(
  bytes: Uint8Array,
  dtype: PickleDtype,
  count: number,
): PickleValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = elementReader(view, dtype);
  return Array.from({ length: count }, (_, index) => read(index * dtype.itemBytes));
}

/** Returns the function that reads one element at a byte position. */
function elementReader(view: DataView, dtype: PickleDtype): (at: number) => PickleValue {
  const little = dtype.littleEndian;
  switch (`${dtype.kind}${dtype.itemBytes}`) {
    case "b1":
      return (at) => view.getUint8(at) !== 0;
    case "i1":
      return (at) => BigInt(view.getInt8(at));
    case "i2":
      return (at) => BigInt(view.getInt16(at, little));
    case "i4":
      return (at) => BigInt(view.getInt32(at, little));
    case "i8":
      return (at) => view.getBigInt64(at, little);
    case "u1":
      return (at) => BigInt(view.getUint8(at));
    case "u2":
      return (at) => BigInt(view.getUint16(at, little));
    case "u4":
      return (at) => BigInt(view.getUint32(at, little));
    case "u8":
      return (at) => view.getBigUint64(at, little);
    case "f2":
      return (at) => view.getFloat16(at, little);
    case "f4":
      return (at) => view.getFloat32(at, little);
    case "f8":
      return (at) => view.getFloat64(at, little);
    case "M8":
      return (at) => dateText(view.getBigInt64(at, little), dtype.unit ?? "");
  }
  if (dtype.kind === "U") return (at) => textElement(view, at, dtype);
  if (dtype.kind === "S") return (at) => bytesElement(view, at, dtype.itemBytes);
  throw new TypeError(
    `Cannot unpack numpy elements: ${dtype.kind}${dtype.itemBytes} has no reader`,
  );
}

/** Fixed-width text: 4 bytes per code point, padded with NUL at the end. */
function textElement(view: DataView, at: number, dtype: PickleDtype): string {
  const points: number[] = [];
  for (let offset = 0; offset < dtype.itemBytes; offset += 4) {
    points.push(view.getUint32(at + offset, dtype.littleEndian));
  }
  while (points.at(-1) === 0) points.pop();
  const text = points.map((point) => point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point));
  return text.join("").toWellFormed();
}

/** Fixed-width bytes, padded with NUL at the end. */
function bytesElement(view: DataView, at: number, length: number): Uint8Array {
  let end = length;
  while (end > 0 && view.getUint8(at + end - 1) === 0) end--;
  return new Uint8Array(view.buffer, view.byteOffset + at, end).slice();
}

/** Converts ticks since 1970 to ISO 8601 text; null for NaT and for times outside the calendar. */
export function dateText(ticks: bigint, unit: string): string | null {
  const nanoseconds = ticks * (DATETIME_UNITS_NS.get(unit) ?? 0n);
  const remainder = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((nanoseconds - remainder) / 1_000_000n));
  if (ticks === -(2n ** 63n) || Number.isNaN(date.getTime())) return null;
  const iso = date.toISOString().slice(0, -5);
  if (unit === "D") return iso.slice(0, iso.indexOf("T"));
  return remainder === 0n ? iso : `${iso}.${remainder.toString().padStart(9, "0")}`;
}
