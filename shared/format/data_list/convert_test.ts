import assert from "node:assert/strict";
import fc from "fast-check";
import { PickleTuple, type PickleValue, readPickle, writePickle } from "../pickle/mod.ts";
import { convertDataList, type DataListFormat } from "./mod.ts";

const GOLDEN = new URL("../../../tests/golden/pickle/", import.meta.url);
const SAMPLE = new URL("../../../sample_data/", import.meta.url);

type Entries = [PickleValue, PickleValue][];

function dict(...entries: Entries): Map<PickleValue, PickleValue> {
  return new Map(entries);
}

/** Describes what a conversion changes. */
function changes(exams: PickleValue[], to: DataListFormat): string[] {
  const { differences } = convertDataList(writePickle(exams), "pkl", to);
  return differences.map(({ field, exam, exams, isLoss, change }) =>
    `${isLoss ? "loss" : "note"}: ${field} of ${exam} (${exams}): ${change}`
  );
}

/** A typical exam of a data list. */
function plainExam(name: string): Map<PickleValue, PickleValue> {
  return dict(
    ["horizontal_flip", "NO"],
    ["L-CC", [`${name}_L_CC`]],
    ["R-CC", [`${name}_R_CC`, `sub/${name}_2`]],
    ["L-MLO", []],
    ["R-MLO", [`${name}_R_MLO`]],
    ["cancer_label", dict(["left_malignant", 0n], ["right_malignant", 1n], ["own", 2.5])],
    ["exam_id", `00${name}`],
    ["age", 61n],
    ["dose", 1],
    ["implant", false],
    ["density", null],
    ["boxes", [dict(["view", "L-CC"], ["at", [1n, 2.5, -0]])]],
    ["note", 'says "no", and\nmore; ä'],
  );
}

Deno.test("convertDataList: a usual list survives every way there and back, value by value", () => {
  const exams = [plainExam("a"), plainExam("b")];
  const pickle = writePickle(exams);
  for (const way of [["json"], ["csv"], ["json", "csv"], ["csv", "json"], ["pkl"]] as const) {
    let bytes = pickle;
    let from: DataListFormat = "pkl";
    for (const to of [...way, "pkl"] as const) {
      const conversion = convertDataList(bytes, from, to);
      assert.deepStrictEqual(conversion.differences, [], `${from} to ${to}`);
      assert.equal(conversion.exams, 2);
      [bytes, from] = [conversion.bytes, to];
    }
    const back = readPickle(bytes) as Map<PickleValue, PickleValue>[];
    for (const [index, exam] of exams.entries()) {
      assert.deepStrictEqual(new Map([...back[index]!].toSorted()), new Map([...exam].toSorted()));
    }
  }
});

Deno.test("convertDataList: the sample data's three forms are each other's conversions", async () => {
  const read = (name: string): Promise<Uint8Array> => Deno.readFile(new URL(name, SAMPLE));
  const json = convertDataList(await read("data.pkl"), "pkl", "json");
  assert.deepStrictEqual(json.differences, []);
  assert.deepStrictEqual(
    JSON.parse(new TextDecoder().decode(json.bytes)),
    JSON.parse(new TextDecoder().decode(await read("data.json"))),
  );
});

Deno.test("convertDataList: says what it cannot keep", () => {
  const odd = (value: PickleValue): PickleValue[] => [
    plainExam("a"),
    new Map([...plainExam("b"), ["odd", value]]),
    new Map([...plainExam("c"), ["odd", value]]),
  ];
  const cases: [PickleValue, string[], string[]][] = [
    [new PickleTuple([1n, "x"]), ["note: odd of 1 (2): tuple became list"], [
      "note: odd of 0 (1): was missing and became None",
      "note: odd of 1 (2): tuple became list",
    ]],
    [new Set(["x"]), ["note: odd of 1 (2): set became list"], [
      "note: odd of 0 (1): was missing and became None",
      "note: odd of 1 (2): set became list",
    ]],
    [NaN, ["loss: odd of 1 (2): NaN became None"], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): NaN became None",
    ]],
    [Infinity, ["loss: odd of 1 (2): float became None"], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): float became text",
    ]],
    [Uint8Array.of(1), ["loss: odd of 1 (2): is gone"], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): bytes became None",
    ]],
    [dict(["in", new PickleTuple([])]), ["note: odd.in of 1 (2): tuple became list"], [
      "note: odd of 0 (1): was missing and became None",
      "note: odd.in of 1 (2): tuple became list",
    ]],
    [
      dict([7n, "x"]),
      [
        "loss: odd.int of 1 (2): the key became text",
        "note: odd.7 of 1 (2): was missing and became text",
      ],
      [
        "note: odd of 0 (1): was missing and became None",
        "loss: odd.int of 1 (2): the key became text",
        "note: odd.7 of 1 (2): was missing and became text",
      ],
    ],
    ["12", [], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): text became int",
    ]],
    [" padded ", [], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): a text became another",
    ]],
    ["", [], [
      "note: odd of 0 (1): was missing and became None",
      "loss: odd of 1 (2): text became None",
    ]],
    ["a\rb", [], ["note: odd of 0 (1): was missing and became None"]],
  ];
  for (const [value, json, csv] of cases) {
    assert.deepStrictEqual(changes(odd(value), "json"), json);
    assert.deepStrictEqual(changes(odd(value), "csv"), csv);
    assert.deepStrictEqual(changes(odd(value), "pkl"), []);
  }
});

Deno.test("convertDataList: refuses what a form cannot hold, and what is no list", () => {
  const twoColumns = new Map([...plainExam("a"), ["left_malignant", 1n]] as Entries);
  assert.throws(() => changes([twoColumns], "csv"), /two keys of exam 0 need .*left_malignant/);
  assert.throws(() => changes([plainExam("a"), 7n], "csv"), /exam 1 is not a dict/);
  assert.throws(() => changes([new Map([[7n, 1n]]) as PickleValue], "csv"), /is not text/);
  assert.deepStrictEqual(changes([7n, null], "json"), [], "faults are carried over");
  const rows = new TextEncoder().encode("exam_id,image,view,malignant\n,a,L-CC,0\nx,,L-CC,0\n");
  assert.throws(() => convertDataList(rows, "csv", "json"), /Line 2 .*\(and 1 more faults\)/);
  assert.throws(() => convertDataList(new Uint8Array(0), "pkl", "json"), SyntaxError);
});

Deno.test("convertDataList: numpy arrays and scalars of any protocol are plain data afterwards", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const bytes = Deno.readFileSync(new URL(`data_list_numpy_${protocol}.pkl`, GOLDEN));
    const plain = convertDataList(bytes, "pkl", "pkl");
    assert.ok(plain.differences.every(({ isLoss }) => !isLoss), JSON.stringify(plain.differences));
    assert.deepStrictEqual(
      convertDataList(plain.bytes, "pkl", "json").differences.map(
        ({ isLoss }) => isLoss,
      ).filter((isLoss) => isLoss),
      [],
    );
  }
  for (const protocol of [0, 1, 2]) {
    const bytes = Deno.readFileSync(new URL(`python2_data_list_${protocol}.pkl`, GOLDEN));
    assert.deepStrictEqual(convertDataList(bytes, "pkl", "json").differences, []);
  }
});

Deno.test("convertDataList: whatever it says, what it does not name comes back the same", () => {
  const leaf = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.double() as fc.Arbitrary<PickleValue>,
    fc.constantFrom<PickleValue>(null, true, false, "nan", "True", "1.0", "[1]", "{}"),
  );
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    fc.array(leaf, { maxLength: 3 }).map((items): PickleValue => new PickleTuple(items)),
    fc.dictionary(fc.string(), leaf, { maxKeys: 3 }).map((object): PickleValue =>
      new Map(Object.entries(object))
    ),
  );
  const exam = fc.record({ x: value, y: value }).map(({ x, y }) =>
    new Map([...plainExam("a"), ["x", x], ["y", y]])
  );
  fc.assert(
    fc.property(
      fc.array(exam, { minLength: 1, maxLength: 4 }),
      fc.constantFrom<DataListFormat>("json", "csv"),
      (exams, to) => {
        const { bytes, differences } = convertDataList(writePickle(exams), "pkl", to);
        const back = readPickle(convertDataList(bytes, to, "pkl").bytes) as typeof exams;
        const named = new Set(differences.map(({ field }) => field.split(".")[0]));
        for (const [index, before] of exams.entries()) {
          for (const [key, item] of before) {
            if (!named.has(key as string)) assert.deepStrictEqual(back[index]!.get(key), item);
          }
        }
      },
    ),
    { numRuns: 500, seed: 20260101 },
  );
});
