import assert from "node:assert/strict";
import type { Fault } from "../../domain/mod.ts";
import { type PickleValue, readPickle, writePickle } from "../pickle/mod.ts";
import { PickleTuple } from "../pickle/mod.ts";
import { dataListFormatOf, readDataList, writeDataList, writeExams } from "./mod.ts";
import { pickleToJson } from "../json_value.ts";

const GOLDEN = new URL("../../../tests/golden/pickle/", import.meta.url);

type Entries = [PickleValue, PickleValue][];

function dict(...entries: Entries): Map<PickleValue, PickleValue> {
  return new Map(entries);
}

/** An exam with two CC images; the given keys replace its own. */
function exam(name: string, ...entries: Entries): Map<PickleValue, PickleValue> {
  const whole = dict(
    ["L-CC", [`${name}_L_CC`]],
    ["R-CC", [`${name}_R_CC`]],
    ["L-MLO", []],
    ["R-MLO", []],
    ["cancer_label", dict(["left_malignant", 0n], ["right_malignant", 1n])],
    ["horizontal_flip", "NO"],
  );
  for (const [key, value] of entries) whole.set(key, value);
  return whole;
}

function read(...exams: PickleValue[]): ReturnType<typeof readDataList> {
  return readDataList(writePickle(exams), "pkl");
}

function codes(faults: readonly Fault[]): unknown[] {
  return faults.map(({ code, exam, view, field }) => [code, exam, view, field]);
}

Deno.test("dataListFormatOf: by ending, in any case", () => {
  assert.equal(dataListFormatOf("a.b/data.PKL"), "pkl");
  assert.equal(dataListFormatOf("data.pickle"), "pkl");
  assert.equal(dataListFormatOf("data.json"), "json");
  assert.equal(dataListFormatOf("data.csv"), "csv");
  for (const name of ["data", "data.txt", "pkl", "a.pkl/data", "x.constructor", ""]) {
    assert.throws(() => dataListFormatOf(name), /\.pkl, \.pickle, \.json or \.csv/, name);
  }
});

Deno.test("readDataList: lists of every Python and protocol", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const bytes = Deno.readFileSync(new URL(`data_list_${protocol}.pkl`, GOLDEN));
    const { exams, errors, warnings } = readDataList(bytes, "pkl");
    assert.deepStrictEqual([errors, warnings], [[], []]);
    assert.equal(exams.length, 3);
    assert.deepStrictEqual(exams[1], {
      index: 1,
      id: "1",
      images: {
        "L-CC": ["1_L_CC"],
        "R-CC": ["1_R_CC"],
        "L-MLO": ["1_L_MLO"],
        "R-MLO": ["1_R_MLO"],
      },
      malignant: { left: 1, right: 0 },
      horizontalFlip: false,
      extras: { "cancer_label.left_benign": 0, "cancer_label.unknown": 1, age: 61, density: "b" },
    });
    assert.deepStrictEqual(exams[2]?.extras["patient"], ["p", 2]);
  }
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const bytes = Deno.readFileSync(new URL(`data_list_numpy_${protocol}.pkl`, GOLDEN));
    const { exams, errors } = readDataList(bytes, "pkl");
    assert.deepStrictEqual(errors, []);
    assert.deepStrictEqual(exams.map(({ malignant }) => malignant), [
      { left: 0, right: 1 },
      { left: 1, right: 0 },
      { left: 1, right: 0 },
    ]);
    assert.deepStrictEqual(exams[2]?.images["L-CC"], ["2_L_CC"]);
  }
  for (const protocol of [0, 1, 2]) {
    const bytes = Deno.readFileSync(new URL(`python2_data_list_${protocol}.pkl`, GOLDEN));
    const { exams, errors, warnings } = readDataList(bytes, "pkl");
    assert.deepStrictEqual(errors, []);
    assert.equal(exams.length, 2);
    assert.ok(warnings.every(({ code }) => code === "image_repeated"));
  }
});

Deno.test("readDataList: a view may be missing, None, one name, a tuple or a set", () => {
  const missing = exam("a");
  missing.delete("L-MLO");
  missing.set("R-MLO", null);
  missing.set("L-CC", "sub/a.png");
  missing.set("R-CC", new PickleTuple(["x", "y"]));
  const { exams, entries, errors, warnings } = read(missing);
  assert.deepStrictEqual(errors, []);
  const images = { "L-CC": ["sub/a"], "R-CC": ["x", "y"], "L-MLO": [], "R-MLO": [] };
  assert.deepStrictEqual(exams[0]?.images, images);
  assert.deepStrictEqual(codes(warnings), [
    ["view_not_list", "0", "L-CC", "L-CC"],
    ["image_extension", "0", "L-CC", "L-CC"],
  ]);
  for (const [view, names] of Object.entries(images)) {
    assert.deepStrictEqual(entries[0]?.get(view), names);
  }
});

Deno.test("readDataList: image names that could leave the folder are refused", () => {
  const names = ["", ".png", "/a", "../a", "a/../b", "a/..", "a\\b", "a\0b", "a\nb", "a//b", "./a"];
  const { errors, exams, faultyExams } = read(
    exam("a", ["L-CC", [...names, "good", 7n, "x".repeat(2000)]]),
  );
  assert.deepStrictEqual(
    codes(errors),
    Array.from({ length: names.length + 2 }, () => ["image_name_invalid", "0", "L-CC", "L-CC"]),
  );
  assert.deepStrictEqual(exams, []);
  assert.deepStrictEqual(faultyExams[0]?.images["L-CC"], ["good"]);
});

Deno.test("readDataList: labels are 0 or 1 in any numeric clothing, else a fault", () => {
  const label = (left: PickleValue, right: PickleValue): [PickleValue, PickleValue] => [
    "cancer_label",
    dict(["left_malignant", left], ["right_malignant", right]),
  ];
  const { exams } = read(exam("a", label(true, 0)), exam("b", label(1, false)));
  assert.deepStrictEqual(exams.map(({ malignant }) => malignant), [
    { left: 1, right: 0 },
    { left: 1, right: 0 },
  ]);
  const left = "cancer_label.left_malignant";
  const right = "cancer_label.right_malignant";
  const { errors } = read(
    exam("a", label(NaN, 2n)),
    exam("b", label("1", null)),
    exam("c", ["cancer_label", dict()]),
    exam("d", ["cancer_label", null]),
    exam("e", ["cancer_label", [0n, 1n]]),
    exam("f", label(0.5, [])),
  );
  assert.deepStrictEqual(codes(errors), [
    ["label_invalid", "0", null, left],
    ["label_invalid", "0", null, right],
    ["label_invalid", "1", null, left],
    ["label_missing", "1", null, right],
    ["label_missing", "2", null, left],
    ["label_missing", "2", null, right],
    ["cancer_label_missing", "3", null, "cancer_label"],
    ["cancer_label_missing", "4", null, "cancer_label"],
    ["label_invalid", "5", null, left],
    ["label_invalid", "5", null, right],
  ]);
  assert.deepStrictEqual(errors.map(({ row }) => row), [0, 0, 1, 1, 2, 2, 3, 4, 5, 5]);
});

Deno.test("readDataList: the label of a whole exam stands in where nobody knows the side", () => {
  const label = (...entries: Entries): [PickleValue, PickleValue] => [
    "cancer_label",
    dict(...entries),
  ];
  const none: Entries = [["left_malignant", NaN], ["right_malignant", null]];
  const { exams, errors, warnings } = read(
    exam("a", label(["malignant", 1n])),
    exam("b", label(["malignant", false])),
    exam("c", label(...none, ["malignant", 1])),
    exam("d", label(["malignant", 0n], ["left_malignant", 1n], ["right_malignant", 0n])),
    exam("e", label(["malignant", "yes"], ["left_malignant", 1n], ["right_malignant", 0n])),
  );
  assert.deepEqual(errors, []);
  assert.deepEqual(exams.map(({ malignant: { left, right } }) => [left, right]), [
    [null, null],
    [0, 0],
    [null, null],
    [1, 0],
    [1, 0],
  ]);
  assert.deepEqual(warnings.map(({ code }) => code), ["exam_label_contradiction"]);
  assert.match(warnings[0]!.message, /of 1 exams contradicts .* Among them: "3"/);
  const faulty = read(
    exam("a", label(["malignant", 2n])),
    exam("b", label(["left_malignant", 1n])),
  );
  assert.deepEqual(codes(faulty.errors), [
    ["label_invalid", "0", null, "cancer_label.malignant"],
    ["label_missing", "1", null, "cancer_label.right_malignant"],
  ]);
});

Deno.test("writeDataList: no model learns from which labels an exam has that its side is not known", () => {
  const list = read(
    exam("a", ["cancer_label", dict(["malignant", 1n])]),
    exam("b", ["cancer_label", dict(["right_malignant", 0n], ["left_malignant", 0n])]),
    exam("c", [
      "cancer_label",
      dict(["left_malignant", 1n], ["right_malignant", 0n], ["dcis", 1n]),
    ]),
  );
  const blank = readPickle(writeDataList(list, { labels: "blank" })) as Map<string, unknown>[];
  const labels = blank.map((entry) => [...entry.get("cancer_label") as Map<string, bigint>]);
  assert.deepEqual(labels[1], labels[0]);
  assert.deepEqual(labels[2], labels[0]);
  assert.deepEqual(labels[0]!.map(([name]) => name).sort(), [
    "dcis",
    "left_malignant",
    "malignant",
    "right_malignant",
  ]);
});

Deno.test("readDataList: horizontal_flip is YES, NO or absent", () => {
  const { exams } = read(
    exam("a", ["horizontal_flip", "YES"]),
    exam("b", ["horizontal_flip", null]),
  );
  assert.deepStrictEqual(exams.map(({ horizontalFlip }) => horizontalFlip), [true, null]);
  const { errors } = read(
    exam("a", ["horizontal_flip", "yes"]),
    exam("b", ["horizontal_flip", true]),
  );
  assert.deepStrictEqual(codes(errors), [
    ["horizontal_flip_invalid", "0", null, "horizontal_flip"],
    ["horizontal_flip_invalid", "1", null, "horizontal_flip"],
  ]);
});

Deno.test("readDataList: exams are called by exam_id where each has its own", () => {
  const idsOf = (...ids: PickleValue[]): unknown[] => {
    const { exams, warnings } = read(
      ...ids.map((id, index) =>
        exam(`e${index}`, ...(id === null ? [] : [["exam_id", id]] as Entries))
      ),
    );
    return [exams.map(({ id }) => id), warnings.map(({ code }) => code)];
  };
  assert.deepStrictEqual(idsOf("x", "y"), [["x", "y"], []]);
  assert.deepStrictEqual(idsOf(7n, 8), [["7", "8"], []]);
  assert.deepStrictEqual(idsOf(null, null), [["0", "1"], []]);
  assert.deepStrictEqual(idsOf("x", "x"), [["0", "1"], ["exam_id_unused"]]);
  assert.deepStrictEqual(idsOf("x", null), [["0", "1"], ["exam_id_unused"]]);
  assert.deepStrictEqual(idsOf("x", "y\n"), [["0", "1"], ["exam_id_unused"]]);
});

Deno.test("readDataList: a repeated image is a warning, with contradicting labels an error", () => {
  const sameBreast = read(exam("a", ["L-MLO", ["a_L_CC"]], ["R-MLO", ["a_R_CC", "a_R_CC"]]));
  assert.deepStrictEqual(sameBreast.errors, []);
  assert.deepStrictEqual(codes(sameBreast.warnings), [
    ["image_repeated", "0", "L-MLO", "L-MLO"],
    ["image_repeated", "0", "R-MLO", "R-MLO"],
  ]);
  const bothBreasts = read(exam("a", ["R-MLO", ["a_L_CC"]]), exam("b"));
  assert.deepStrictEqual(codes(bothBreasts.errors), [
    ["image_in_both_breasts", "0", "R-MLO", "R-MLO"],
  ]);
  assert.deepStrictEqual(bothBreasts.exams.map(({ id }) => id), ["1"]);
  const twoExams = read(exam("a"), exam("b", ["R-MLO", ["a_L_CC"]]));
  assert.deepStrictEqual(twoExams.faultyExams.map(({ id }) => id), ["0", "1"]);
});

Deno.test("readDataList: what is no exam, no list, or empty", () => {
  assert.deepStrictEqual(codes(read().errors), [["data_list_empty", null, null, undefined]]);
  const { errors, entries } = read(exam("a"), "text", exam("b", [5n, 1n]));
  assert.deepStrictEqual(codes(errors), [
    ["exam_invalid", "1", null, undefined],
    ["key_invalid", "2", null, undefined],
  ]);
  assert.equal(entries.length, 3);
  for (const root of [null, 1n, "x", dict(), new Set<PickleValue>()]) {
    assert.throws(
      () => readDataList(writePickle(root), "pkl"),
      /not a list with one dict per exam/,
    );
  }
  for (const format of ["pkl", "json", "csv"] as const) {
    assert.throws(() => readDataList(new Uint8Array(0), format), SyntaxError);
    assert.throws(() => readDataList(Uint8Array.of(0xff, 0xfe), format), SyntaxError);
  }
});

Deno.test("readDataList: what is no plain data is a fault and not passed on", () => {
  // [{"type": numpy.dtype("f8"), "L-CC": ["a"], "cancer_label": {…}}]
  const bytes = new TextEncoder().encode(
    "(l(dS'type'\ncnumpy\ndtype\n(S'f8'\nI0\nI1\ntRsS'L-CC'\n(lS'a'\nasS'cancer_label'\n" +
      "(dS'left_malignant'\nI0\nsS'right_malignant'\nI0\nssa.",
  );
  const list = readDataList(bytes, "pkl");
  assert.deepStrictEqual(codes(list.errors), [["value_unsupported", "0", null, "type"]]);
  assert.equal(list.entries[0]?.has("type"), false);
  writeDataList(list, { labels: "keep" });
});

Deno.test("readDataList: extras keep what JSON can hold, whatever the keys are called", () => {
  const { exams } = read(exam(
    "a",
    ["__proto__", dict(["__proto__", 1n])],
    ["big", 2n ** 60n],
    ["raw", Uint8Array.of(1)],
    ["nan", NaN],
    ["list", [1.5, new PickleTuple([true]), Uint8Array.of(1)]],
  ));
  assert.deepStrictEqual(Object.entries(exams[0]!.extras), [
    ["__proto__", Object.fromEntries([["__proto__", 1]])],
    ["big", "1152921504606846976"],
    ["nan", null],
    ["list", [1.5, [true], null]],
  ]);
  assert.equal(Object.getPrototypeOf(exams[0]!.extras), Object.prototype);
});

Deno.test("writeDataList: a blind run gets what is on the list of what tells nothing, and nothing else", () => {
  const whole = exam(
    "a",
    ["age", 61n],
    ["Pathology", "ductal carcinoma"],
    ["BI-RADS", 5n],
    ["report", dict(["text", "x"], ["diagnosis", [1n]], ["rows", [dict(["biopsy_date", 1.5])]])],
    ["benign_only", true],
    ["tuple", new PickleTuple([dict(["ground_truth", "m"])])],
  );
  const list = read(whole);
  assert.deepStrictEqual(readPickle(writeDataList(list, { labels: "keep" })), [whole]);
  assert.deepStrictEqual(readPickle(writeDataList(list, { labels: "open" })), [whole]);
  const blank = readPickle(writeDataList(list, { labels: "blank" }));
  const labels = dict(["left_malignant", 0n], ["right_malignant", 0n]);
  assert.deepStrictEqual(blank, [exam("a", ["cancer_label", labels], ["age", 61n])]);
});

Deno.test("readDataList: JSON says the same as the pickle, and back again", () => {
  const list = read(
    exam("a", ["big", 2n ** 60n], ["float", 1], ["tiny", 5e-324], ["__proto__", "x"]),
    exam("b"),
  );
  const json = `[${list.entries.map((entry) => pickleToJson(entry)).join()}]`;
  const back = readDataList(new TextEncoder().encode(json), "json");
  assert.deepStrictEqual(back, list);
  assert.deepStrictEqual(
    writeDataList(back, { labels: "keep" }),
    writeDataList(list, { labels: "keep" }),
  );
  assert.deepStrictEqual(Object.values(JSON.parse(json)[0].cancer_label), [0, 1]);
});

Deno.test("readDataList: JSON that is none, or holds what nothing can", () => {
  const refused: [string, RegExp][] = [
    ["{", /JSON/],
    ["{}", /a single dict/],
    ['["\\ud800"]', /surrogate/],
    [`[${"9".repeat(1000)}]`, /digits/],
    ["[".repeat(100_000) + "]".repeat(100_000), /too deep/],
    ["[".repeat(150) + "]".repeat(150), /too deep/],
  ];
  for (const [text, message] of refused) {
    const bytes = new TextEncoder().encode(text);
    assert.throws(() => readDataList(bytes, "json"), { name: "SyntaxError", message });
  }
});

Deno.test("readDataList: a pandas Series is a list; a whole table in its place is a fault", () => {
  const series = Deno.readFileSync(new URL("series_2.pkl", GOLDEN));
  const table = Deno.readFileSync(new URL("table_2.pkl", GOLDEN));
  const inExam = (pickle: Uint8Array): Uint8Array => {
    const encoder = new TextEncoder();
    const rest = "sS'L-CC'\n(lS'a'\nasS'cancer_label'\n" +
      "(dS'left_malignant'\nI0\nsS'right_malignant'\nI0\nssa.";
    const parts = [encoder.encode("(l(dS'x'\n"), pickle.subarray(2, -1), encoder.encode(rest)];
    return Uint8Array.from(parts.flatMap((part) => [...part]));
  };
  const { exams, errors } = readDataList(inExam(series), "pkl");
  assert.deepStrictEqual(errors, []);
  assert.deepStrictEqual(exams[0]?.extras, { x: [0.25, null, 1e-300] });
  assert.deepStrictEqual(codes(readDataList(inExam(table), "pkl").errors), [
    ["value_unsupported", "0", null, "x"],
  ]);
});

/** Reads text as a file of this ending. */
function readText(text: string, format: "csv" | "json"): ReturnType<typeof readDataList> {
  return readDataList(new TextEncoder().encode(text), format);
}

Deno.test("readDataList: cancers without an image are named once, first, and only where they do not count", () => {
  const { errors, warnings } = readText(
    "exam_id,L-CC,R-CC,left_malignant,right_malignant\nA,a,,0,1\nB,b.png,,1,0\nC,,,1,1\n",
    "csv",
  );
  assert.deepEqual(errors, []);
  assert.equal(warnings[0]!.code, "malignant_without_image");
  assert.match(
    warnings[0]!.message,
    /^1 breasts with cancer .* the right breast of exam "A"\. Check/,
  );
});

Deno.test("readDataList: a list for scores made elsewhere may name no images, and says so once", () => {
  const csv = "exam_id,left_malignant,right_malignant\nA,0,1\nB,0,0\n";
  const json = JSON.stringify(["A", "B"].map((exam_id) => ({
    exam_id,
    cancer_label: { left_malignant: 0, right_malignant: 0 },
  })));
  for (const list of [readText(csv, "csv"), readText(json, "json")]) {
    assert.deepEqual(list.errors, []);
    assert.deepEqual(list.exams.map(({ id }) => id), ["A", "B"]);
    assert.deepEqual(list.warnings.map(({ code, exam }) => [code, exam]), [
      ["exam_without_images", null],
    ]);
  }
  for (const column of ["LCC", "l_cc", "R CC", "R.MLO"]) {
    const misspelt = `exam_id,${column},left_malignant,right_malignant\nA,a,0,0\n`;
    assert.throws(() => readText(misspelt, "csv"), /no column is called L-CC/);
  }
});

Deno.test("readDataList: one id in two ways of writing is one exam, never two", () => {
  const rows = "exam_id,image,view,left_malignant,right_malignant\n7,a,L-CC,0,0\n7.0,b,R-CC,0,0\n";
  const { exams } = readText(rows, "csv");
  assert.deepEqual(exams.map(({ images }) => [images["L-CC"], images["R-CC"]]), [[["a"], ["b"]]]);
  const twice = "exam_id,L-CC,left_malignant,right_malignant\n7,a,0,0\n7.0,b,0,0\n";
  const { warnings } = readText(twice, "csv");
  assert.match(warnings.find(({ code }) => code === "exam_id_unused")!.message, /is repeated/);
});

Deno.test("writeExams: reads back as the same exams, with labels, sides, flips, reads and odd keys", () => {
  const { exams, errors } = read(
    exam(
      "a",
      ["exam_id", 2n ** 60n],
      ["patient_id", "p1"],
      ["reads", [dict(["reader", "r1"], ["recall", 1n], ["score", 0.25])]],
      ["detection", dict(["left", null], ["right", "interval"])],
      ["__proto__", "own"],
      ["cancer_label", dict(["left_malignant", 0n], ["right_malignant", 1n], ["benign", true])],
    ),
    exam("b", ["exam_id", "b"], ["cancer_label", dict(["malignant", 1n])], ["weight", 2.5]),
    exam("c", ["exam_id", "007"], ["horizontal_flip", "YES"], ["age", 51n], ["note", null]),
    exam("d", ["exam_id", "d"], ["horizontal_flip", null], ["R-CC", []], ["followed_days", 9n]),
  );
  assert.deepEqual(errors, []);
  assert.deepStrictEqual(readDataList(writeExams(exams), "json").exams, exams);
});

Deno.test("readDataList: consumes the bytes of a text once it is decoded, never those of a pickle", () => {
  const { exams } = read(exam("a", ["exam_id", "a"], ["cancer_label", dict(["malignant", 1n])]));
  const text = writeExams(exams);
  assert.deepEqual(readDataList(text, "json", { consume: true }).exams, exams);
  assert.equal(text.length, 0);
  const pickle = writePickle([]);
  readDataList(pickle, "pkl", { consume: true });
  assert.ok(pickle.length > 0);
});
