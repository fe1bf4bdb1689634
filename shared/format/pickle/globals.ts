import { makeDate, makeDateTime, makeMissingDate, makeTimestamp } from "./dates.ts";
import { VALUE_BYTES } from "./budget.ts";
import type { Machine } from "./machine.ts";
import { makeArray, makeArrayFromBuffer, makeDtype, makeScalar } from "./numpy.ts";
import type { StackValue } from "./stack_value.ts";
import { plain } from "./stack_value.ts";
import { PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./value.ts";

/** Interprets a Python call from plain data, without calling anything. */
type Interpret = (machine: Machine, args: readonly StackValue[]) => PickleValue;

/** How to handle a global: interpret its call, keep the call as inert parts, or accept only its name. */
type Recognised = Interpret | "parts" | "name";

/** Parts of time zones and durations; `dates.ts` reads them, elsewhere they are not plain data. */
const ZONE_PARTS: readonly string[] = [
  ...["datetime.timezone", "datetime.timedelta", "pytz._UTC", "pytz._p", "uuid.UUID"],
  ...["zoneinfo.ZoneInfo._unpickle", "dateutil.tz.tz.tzutc"],
];
/** Classes that a defaultdict uses as factory; only their names matter. */
const FACTORIES: readonly string[] = [
  "int",
  "long",
  "float",
  "str",
  "unicode",
  "bool",
  "list",
  "dict",
  "tuple",
];

/** Parts of tables and series of pandas 1 and 2; `data_frame.ts` reads them. */
const PANDAS_PARTS: readonly string[] = [
  "core.frame.DataFrame",
  "core.series.Series",
  "core.internals.managers.BlockManager",
  "core.internals.managers.SingleBlockManager",
  "_libs.internals._unpickle_block",
  "_libs.arrays.__pyx_unpickle_NDArrayBacked",
  "core.indexes.base._new_Index",
  "core.indexes.base.Index",
  "core.indexes.range.RangeIndex",
  "core.indexes.numeric.Int64Index",
  "core.indexes.numeric.UInt64Index",
  "core.indexes.numeric.Float64Index",
  "core.arrays.categorical.Categorical",
  "core.dtypes.dtypes.CategoricalDtype",
  "core.arrays.datetimes.DatetimeArray",
  "core.dtypes.dtypes.DatetimeTZDtype",
  "core.arrays.string_.StringArray",
  "core.arrays.string_.StringArrayNumpySemantics",
  "core.arrays.string_.StringDtype",
  "core.arrays.integer.IntegerArray",
  ...["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"].map((name) =>
    `core.arrays.integer.${name}Dtype`
  ),
  "core.arrays.floating.FloatingArray",
  "core.arrays.floating.Float32Dtype",
  "core.arrays.floating.Float64Dtype",
  "core.arrays.boolean.BooleanArray",
  "core.arrays.boolean.BooleanDtype",
];

/** The recognised globals by module and name, under the names of numpy 1 and 2, Python 2 and 3. */
const RECOGNISED: ReadonlyMap<string, Recognised> = new Map<string, Recognised>([
  ...["builtins", "__builtin__"].flatMap((module): [string, Recognised][] => [
    [`${module}.set`, makeSet],
    [`${module}.frozenset`, makeSet],
    [`${module}.bytearray`, makeBytes],
    [`${module}.bytes`, makeBytes],
    [`${module}.slice`, "parts"],
    ...FACTORIES.map((name): [string, Recognised] => [`${module}.${name}`, "name"]),
  ]),
  ["_codecs.encode", encodeLatin1],
  ["collections.OrderedDict", makeOrderedDict],
  ["collections.defaultdict", makeDefaultDict],
  ["collections.Counter", makeCounter],
  ["decimal.Decimal", makeDecimal],
  ...["PurePosixPath", "PosixPath"].map((name): [string, Recognised] => [
    `pathlib.${name}`,
    makePath,
  ]),
  ["datetime.date", makeDate],
  ["datetime.datetime", makeDateTime],
  ["pandas._libs.tslibs.timestamps._unpickle_timestamp", makeTimestamp],
  ["pandas._libs.tslibs.nattype._nat_unpickle", makeMissingDate],
  ["pandas._libs.tslibs.nattype.__nat_unpickle", makeMissingDate],
  ["numpy.ndarray", "name"],
  ["numpy.dtype", makeDtype],
  ...["numpy.core", "numpy._core"].flatMap((module): [string, Recognised][] => [
    [`${module}.multiarray._reconstruct`, makeArray],
    [`${module}.multiarray.scalar`, makeScalar],
    [`${module}.numeric._frombuffer`, makeArrayFromBuffer],
  ]),
  ...ZONE_PARTS.map((name): [string, Recognised] => [name, "parts"]),
  ...PANDAS_PARTS.map((name): [string, Recognised] => [`pandas.${name}`, "parts"]),
  ["pandas._libs.missing.NA", "name"],
]);

/** Approximate memory of a set member or a dict entry. */
const MEMBER_BYTES = 3 * VALUE_BYTES;
/** Maximum length of a refused name quoted in an error. */
const NAME_TOLD_MAX = 80;

/**
 * Accepts a recognised class or function as data.
 * @throws {PickleError} naming any other
 */
export function recognise(machine: Machine, module: string, qualname: string): PickleGlobal {
  if (!RECOGNISED.has(`${module}.${qualname}`)) {
    const told = JSON.stringify(`${module}.${qualname}`.slice(0, NAME_TOLD_MAX));
    throw machine.fault(
      `it refers to ${told}, which is never loaded because it is not plain data; ` +
        "save the list with dicts, lists, text and numbers only",
    );
  }
  return new PickleGlobal(module, qualname);
}

/**
 * Interprets a call as plain data.
 * @throws {PickleError} for an unknown callee or unfit arguments
 */
export function interpretCall(
  machine: Machine,
  callee: StackValue,
  args: StackValue,
): PickleValue {
  const known = callee instanceof PickleGlobal ? RECOGNISED.get(callee.toString()) : undefined;
  if (!(callee instanceof PickleGlobal) || known === undefined || known === "name") {
    throw machine.fault("it calls an unknown function; save plain data only");
  }
  if (!(args instanceof PickleTuple)) {
    throw machine.fault(`${callee} has no arguments; the file is damaged`);
  }
  return known === "parts" ? new PickleObject(callee, args) : known(machine, args.items);
}

function makeSet(machine: Machine, args: readonly StackValue[]): PickleValue {
  const members = args.length === 0 ? [] : membersOf(args[0]);
  if (members === null) {
    throw machine.fault("a set is not created from a list; the file is damaged");
  }
  machine.budget.spend(members.length * MEMBER_BYTES);
  const set = new Set<PickleValue>();
  for (const member of members) machine.keys.addMember(set, plain(member));
  return set;
}

/** `bytes()`, `bytearray()`, `bytearray(bytes)`, `bytearray(text, "latin-1")`. */
function makeBytes(machine: Machine, args: readonly StackValue[]): PickleValue {
  if (args.length === 0) return new Uint8Array(0);
  if (args[0] instanceof Uint8Array && args.length === 1) return args[0];
  return encodeLatin1(machine, args);
}

/** `_codecs.encode(text, "latin1")`: how Python 3 writes `bytes` in protocols 0 to 2. */
function encodeLatin1(machine: Machine, args: readonly StackValue[]): PickleValue {
  const text = args[0];
  const encoding = args[1];
  if (
    typeof text !== "string" || typeof encoding !== "string" ||
    !/^(latin-?1|iso-8859-1)$/i.test(encoding)
  ) {
    throw machine.fault("bytes are written in an unknown form; save the file with protocol 4");
  }
  machine.budget.spend(text.length);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) throw machine.fault("a text for bytes is not Latin-1; the file is damaged");
    bytes[index] = code;
  }
  return bytes;
}

/** `OrderedDict()`, or in Python 2 `OrderedDict([[key, value], …])`. */
function makeOrderedDict(machine: Machine, args: readonly StackValue[]): PickleValue {
  const map = new Map<PickleValue, PickleValue>();
  const pairs = args.length === 0 ? [] : membersOf(args[0]);
  machine.budget.spend((pairs?.length ?? 0) * MEMBER_BYTES);
  for (const pair of pairs ?? [undefined]) {
    const [key, value, ...more] = membersOf(pair) ?? [];
    if (key === undefined || value === undefined || more.length > 0) {
      throw machine.fault("an OrderedDict is not created from pairs; the file is damaged");
    }
    machine.keys.setItem(map, plain(key), plain(value));
  }
  return map;
}

/** `defaultdict(factory)`, whose items follow. */
function makeDefaultDict(machine: Machine, args: readonly StackValue[]): PickleValue {
  const isFactory = args[0] === null || args[0] === undefined || args[0] instanceof PickleGlobal;
  if (!isFactory || args.length > 1) throw machine.fault("a defaultdict is malformed");
  return new Map<PickleValue, PickleValue>();
}

/** `Counter({member: count})`. */
function makeCounter(machine: Machine, args: readonly StackValue[]): PickleValue {
  const counts = args.length === 0 ? new Map<PickleValue, PickleValue>() : plain(args[0]!);
  if (!(counts instanceof Map)) throw machine.fault("a Counter is made of no dict");
  return counts;
}

/** `Decimal("1.20")`. */
function makeDecimal(machine: Machine, args: readonly StackValue[]): PickleValue {
  const text = args[0];
  if (typeof text !== "string" || text.length > 64) throw machine.fault("a Decimal is malformed");
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** `PosixPath("/", "data", "a")`. */
function makePath(machine: Machine, args: readonly StackValue[]): PickleValue {
  const parts = args.map((part) => {
    if (typeof part === "string") return part;
    throw machine.fault("a path is malformed");
  });
  return parts.join("/").replace(/^\/\//, "/");
}

function membersOf(value: StackValue | undefined): readonly StackValue[] | null {
  if (Array.isArray(value)) return value;
  return value instanceof PickleTuple ? value.items : null;
}
