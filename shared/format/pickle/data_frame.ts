import { PickleArray, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./value.ts";

/** A pandas table, without its index. */
export interface DataFrame {
  /** Unique column names. */
  readonly columns: readonly string[];
  /** Rows with one value per column; a missing value is null or NaN, as pickled. */
  readonly rows: readonly (readonly PickleValue[])[];
}

/** Columns of one type that are stored together, and their positions in the table. */
interface Block {
  readonly values: PickleValue;
  readonly placement: PickleValue;
}

/** Key under which pandas keeps the readable part of a manager's state, since its version 0.14.1. */
const STATE_KEY = "0.14.1";
/** Maximum number of columns: a position in a hostile file must not create a huge empty list. */
const COLUMNS_MAX = 100_000;

/**
 * Reads a DataFrame pickled by pandas 1 or 2; dates become ISO 8601 text, categories their values.
 * @throws {SyntaxError} when it is not a DataFrame, or its parts do not fit together
 */
export function readDataFrame(value: PickleValue): DataFrame {
  const { axes, blocks } = managerOf(value, "DataFrame");
  const columns: (PickleValue[] | undefined)[] = [];
  for (const { values, placement } of blocks) {
    const lists = columnsOfBlock(values);
    for (const [index, position] of positionsOf(placement, lists.length).entries()) {
      columns[position] = lists[index]!;
    }
  }
  const length = columns[0]?.length ?? 0;
  if (Array.from(columns).some((column) => column?.length !== length)) {
    throw refusal("its columns differ in length or are missing");
  }
  const names = indexValues(axes[0], columns.length).map(nameOf);
  if (names.length !== columns.length) throw refusal("columns and names differ in number");
  if (new Set(names).size !== names.length) throw refusal("two columns have the same name");
  const rows = Array.from({ length }, (_, row) => columns.map((column) => column![row]!));
  return { columns: names, rows };
}

/**
 * The values of a Series of pandas 1 or 2.
 * @throws {SyntaxError} when it is none, or its parts do not fit
 */
export function readSeries(value: PickleValue): PickleValue[] {
  const { blocks } = managerOf(value, "Series");
  const lists = blocks.flatMap(({ values }) => columnsOfBlock(values));
  if (lists.length !== 1) throw refusal("a series does not have exactly one column");
  return lists[0]!;
}

/** Whether a value is a pickled DataFrame. */
export function isDataFrame(value: PickleValue): value is PickleObject {
  return value instanceof PickleObject && value.type.qualname === "DataFrame";
}

/** Whether a value is a pickled Series. */
export function isSeries(value: PickleValue): value is PickleObject {
  return value instanceof PickleObject && value.type.qualname === "Series";
}

function managerOf(
  value: PickleValue,
  kind: string,
): { axes: readonly PickleValue[]; blocks: readonly Block[] } {
  if (!(value instanceof PickleObject) || value.type.qualname !== kind) {
    throw refusal(`it is not a pandas ${kind}`);
  }
  const state = value.state instanceof Map ? value.state : new Map<PickleValue, PickleValue>();
  const manager = state.get("_mgr") ?? state.get("_data"); // pandas before 1.1: _data
  if (!(manager instanceof PickleObject)) throw refusal("its data is missing");
  const [written, axes] = manager.args.items;
  if (written !== undefined) {
    return { axes: membersOf(axes), blocks: membersOf(written).map(blockOfCall) };
  }
  const parts = membersOf(manager.state)[3];
  const inner = parts instanceof Map ? parts.get(STATE_KEY) : undefined;
  if (!(inner instanceof Map)) throw refusal("its data is stored in an unknown form");
  return {
    axes: membersOf(inner.get("axes")),
    blocks: membersOf(inner.get("blocks")).map(blockOfDict),
  };
}

/** Reads a block stored as a call of `_unpickle_block(values, placement, ndim)`. */
function blockOfCall(block: PickleValue): Block {
  const [values, placement] = block instanceof PickleObject ? block.args.items : [];
  if (values === undefined || placement === undefined) throw refusal("a block of it is malformed");
  return { values, placement };
}

/** Reads a block stored as a dict, as in older files and in series. */
function blockOfDict(block: PickleValue): Block {
  const values = block instanceof Map ? block.get("values") : undefined;
  const placement = block instanceof Map ? block.get("mgr_locs") : undefined;
  if (values === undefined || placement === undefined) throw refusal("a block of it is malformed");
  return { values, placement };
}

/** Splits a block into columns, each a list of values. */
function columnsOfBlock(block: PickleValue): PickleValue[][] {
  const array = block instanceof PickleArray ? block : null;
  const values = (array?.values() ?? extensionValues(block)).map(withoutNA);
  if (array === null || array.shape.length < 2) return [values];
  const [count, length] = array.shape as [number, number];
  return Array.from(
    { length: count },
    (_, index) => values.slice(index * length, (index + 1) * length),
  );
}

/** Reads pandas' own array types, which are not numpy arrays. */
function extensionValues(value: PickleValue): PickleValue[] {
  if (!(value instanceof PickleObject)) throw refusal("a column of it is not an array");
  if (value.state instanceof Map) {
    const mask = value.state.get("_mask");
    const data = value.state.get("_data");
    if (mask instanceof PickleArray && data instanceof PickleArray) return masked(data, mask);
    const codes = value.state.get("_codes");
    if (codes instanceof PickleArray) return categories(codes, value.state.get("_dtype"));
  }
  const [dtype, array] = membersOf(value.state);
  if (!(array instanceof PickleArray)) throw refusal(`a column of it is a ${value.type}`);
  const made = value.args.items[0];
  const isCategorical = made instanceof PickleGlobal && made.qualname === "Categorical";
  if (dtype instanceof PickleObject && dtype.type.qualname === "DatetimeTZDtype") {
    return array.values().map((text) => text === null ? null : `${text}+00:00`); // stored in UTC
  }
  return isCategorical ? categories(array, dtype) : array.values();
}

function masked(data: PickleArray, mask: PickleArray): PickleValue[] {
  const missing = mask.values();
  return data.values().map((value, index) => missing[index] === true ? null : value);
}

function categories(codes: PickleArray, dtype: PickleValue | undefined): PickleValue[] {
  const state = dtype instanceof PickleObject ? dtype.state : null;
  const index = state instanceof Map ? state.get("categories") : undefined;
  const values = indexValues(index, 0);
  return codes.values().map((code) => values[Number(code)] ?? null);
}

/** Values of an index; a RangeIndex gives `count` values. */
function indexValues(index: PickleValue | undefined, count: number): PickleValue[] {
  const state = index instanceof PickleObject ? index.args.items[1] : undefined;
  if (!(state instanceof Map)) throw refusal("an index of it has an unknown type");
  const data = state.get("data");
  if (data instanceof PickleArray) return data.values();
  if (data instanceof PickleObject) return extensionValues(data);
  const [start, step] = [state.get("start"), state.get("step")];
  if (typeof start !== "bigint" || typeof step !== "bigint") {
    throw refusal("an index of it has an unknown type");
  }
  return Array.from({ length: count }, (_, position) => start + BigInt(position) * step);
}

/** Positions of a block's columns: a slice or an array of positions. */
function positionsOf(placement: PickleValue, count: number): number[] {
  const positions = placement instanceof PickleArray
    ? placement.values().map(Number)
    : slicePositions(placement, count);
  const fits = positions.every((position) =>
    Number.isInteger(position) && position >= 0 && position < COLUMNS_MAX
  );
  if (!fits || positions.length !== count) {
    throw refusal("a block of it has impossible columns");
  }
  return positions;
}

function slicePositions(placement: PickleValue, count: number): number[] {
  const [start, , step] = placement instanceof PickleObject ? placement.args.items : [];
  if (typeof start !== "bigint") return [];
  const stride = typeof step === "bigint" ? Number(step) : 1;
  return Array.from({ length: count }, (_, index) => Number(start) + index * stride);
}

function nameOf(name: PickleValue): string {
  if (typeof name === "string") return name;
  if (typeof name === "bigint" || typeof name === "number") return String(name);
  throw refusal("the name of a column is neither text nor number");
}

/** Replaces pandas' NA, which is pickled by name. */
function withoutNA(value: PickleValue): PickleValue {
  return value instanceof PickleGlobal && value.qualname === "NA" ? null : value;
}

function membersOf(value: PickleValue | undefined): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  return value instanceof PickleTuple ? value.items : [];
}

function refusal(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the table: ${reason}; save it as CSV instead`);
}
