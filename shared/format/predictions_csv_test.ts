import assert from "node:assert/strict";
import fc from "fast-check";
import { PREDICTION_ROWS_SPARE } from "../limits.ts";
import { readPredictions } from "./predictions_csv.ts";

/** Code, line and column of every error. */
function errorsOf(text: string): unknown[] {
  const { predictions, errors } = readPredictions(text);
  assert.equal(predictions === null, errors.length > 0);
  return errors.map(({ code, row, field }) => [code, row, field]);
}

Deno.test("readPredictions: image level, with and without an unnamed index", () => {
  const plain = "image_index,malignant_pred,malignant_label\n0_L_CC,0.25,1\nsub/0_R_CC,1e-3,\n";
  const indexed =
    ",image_index,malignant_pred,malignant_label\r\n0,0_L_CC,0.25,1\r\n1,sub/0_R_CC,1E-3,";
  const expected = {
    level: "image",
    rows: [
      { row: 2, image: "0_L_CC", malignant: 0.25, claimedLabel: 1 },
      { row: 3, image: "sub/0_R_CC", malignant: 0.001, claimedLabel: null },
    ],
  };
  for (const text of [plain, indexed]) {
    assert.deepStrictEqual(readPredictions(text), {
      predictions: expected,
      errors: [],
      warnings: [],
    });
  }
});

Deno.test("readPredictions: a file is read up to one row too many, which is named", () => {
  const one = [{ images: { "L-CC": ["a"], "R-CC": [], "L-MLO": [], "R-MLO": [] } }];
  const fits = "image_index,malignant_pred\n" + "a,0.5\n".repeat(2 + PREDICTION_ROWS_SPARE);
  assert.equal(readPredictions(fits, one).predictions?.rows.length, 2 + PREDICTION_ROWS_SPARE);
  // The rest is not read: it is malformed.
  const { predictions, errors } = readPredictions(`${fits}a,0.5\n"`, one);
  assert.equal(predictions, null);
  assert.deepEqual(errors.map(({ code, row }) => [code, row]), [
    ["prediction_surplus", 4 + PREDICTION_ROWS_SPARE],
  ]);
  const breasts = "left_malignant,right_malignant\n" + "1,0\n".repeat(3 + PREDICTION_ROWS_SPARE);
  assert.equal(readPredictions(breasts, one).errors[0]?.code, "prediction_surplus");
});

Deno.test("readPredictions: GMIC's and GLAM's columns, spaces around headers, .png", () => {
  const { predictions, warnings } = readPredictions(
    " image_index , benign_pred,malignant_pred ,benign_label,malignant_label\n a.png , 0.5, 0.75 ,0,0\n",
  );
  assert.deepStrictEqual(predictions, {
    level: "image",
    rows: [{ row: 2, image: "a", malignant: 0.75, claimedLabel: 0 }],
  });
  assert.deepStrictEqual(warnings.map(({ code }) => code), ["image_extension"]);
});

Deno.test("readPredictions: breast level, in data-list order or by index", () => {
  const rows = [
    { row: 2, exam: null, examIndex: null, malignant: { left: 0.1, right: 0.2 } },
    { row: 3, exam: null, examIndex: null, malignant: { left: 0.3, right: 0.4 } },
  ];
  const ordered =
    "left_benign,right_benign,left_malignant,right_malignant\n0,0,.1,0.2\n0,0,.3,0.4\n";
  assert.deepStrictEqual(readPredictions(ordered).predictions, { level: "breast", rows });
  const indexed = "index,left_malignant,right_malignant\n7,.1,0.2\n0,.3,0.4\n";
  assert.deepStrictEqual(readPredictions(indexed).predictions, {
    level: "breast",
    rows: [{ ...rows[0], examIndex: 7 }, { ...rows[1], examIndex: 0 }],
  });
});

Deno.test("readPredictions: ids and positions of exams, in all the columns that may hold them", () => {
  const [scores, values] = ["left_malignant,right_malignant", ".1,.2"];
  const cases: [columns: string, first: string, second: string, expected: unknown[]][] = [
    ["exam_id", "A", " B ", [["A", null], ["B", null]]],
    ["exam_id", "0", "7.0", [["0", null], ["7.0", null]]],
    ["exam_id,index", "A,7", "B,0", [["A", 7], ["B", 0]]],
    ["Index", "7", "-0", [[null, 7], [null, 0]]],
    ["exam_index", "7.0", "0.0", [[null, 7], [null, 0]]],
    ["exam_index", "A", "0", [["A", null], ["0", null]]],
    ["", "1", "0", [[null, 1], [null, 0]]],
    ["", "A", "B", [["A", null], ["B", null]]],
    [",exam_id", "0,B", "1,A", [["B", null], ["A", null]]],
    [",exam_id", "1,B", "0,A", [["B", 1], ["A", 0]]],
  ];
  for (const [columns, first, second, expected] of cases) {
    const text = `${columns},${scores}\n${first},${values}\n${second},${values}\n`;
    const { predictions, errors } = readPredictions(text);
    assert.deepEqual(errors, [], text);
    assert(predictions?.level === "breast");
    assert.deepEqual(predictions.rows.map(({ exam, examIndex }) => [exam, examIndex]), expected);
  }
  assert.deepEqual(errorsOf(`exam_id,${scores}\nA,0,0\n ,0,0\n`), [[
    "exam_id_missing",
    3,
    "exam_id",
  ]]);
});

Deno.test("readPredictions: every error has its line and column", () => {
  const text = [
    "image_index,malignant_pred",
    "a,nan",
    "b,",
    "",
    "c,inf",
    ",0.5",
    "d,high",
    "e,0x10",
    "f,1e999",
    "g,0.5",
  ].join("\n");
  assert.deepStrictEqual(errorsOf(text), [
    ["score_invalid", 2, "malignant_pred"],
    ["score_missing", 3, "malignant_pred"],
    ["score_invalid", 5, "malignant_pred"],
    ["image_missing", 6, "image_index"],
    ["score_invalid", 7, "malignant_pred"],
    ["score_invalid", 8, "malignant_pred"],
    ["score_invalid", 9, "malignant_pred"],
  ]);
});

Deno.test("readPredictions: exam level, where there is neither left_malignant nor malignant_pred", () => {
  const cases: [text: string, expected: unknown[]][] = [
    ["index,malignant\n1,.5\n0,1e-3\n", [[null, 1, 0.5], [null, 0, 0.001]]],
    ["exam_id,malignant,note\nA,.5,x\nB,1,y\n", [["A", null, 0.5], ["B", null, 1]]],
    ["malignant\n.5\n1\n", [[null, null, 0.5], [null, null, 1]]],
  ];
  for (const [text, expected] of cases) {
    const { predictions, errors } = readPredictions(text);
    assert.deepEqual(errors, []);
    assert(predictions?.level === "exam");
    assert.deepEqual(
      predictions.rows.map(({ exam, examIndex, malignant }) => [exam, examIndex, malignant]),
      expected,
    );
  }
  const others = [
    "left_malignant,right_malignant,malignant\n0,0,1\n",
    "image_index,malignant_pred,malignant\na,0,1\n",
  ];
  assert.deepEqual(others.map((text) => readPredictions(text).predictions?.level), [
    "breast",
    "image",
  ]);
  assert.deepEqual(errorsOf("image_index,malignant\na,1\n"), [
    ["column_missing", undefined, "malignant_pred"],
  ]);
  assert.deepEqual(errorsOf("exam_id,malignant\nA,\nB,nan\n"), [
    ["score_missing", 2, "malignant"],
    ["score_invalid", 3, "malignant"],
  ]);
});

Deno.test("readPredictions: files that as a whole say nothing", () => {
  const cases: [string, unknown[]][] = [
    ["", [["predictions_unreadable", undefined, undefined]]],
    ["image_index,malignant_pred\n", [["predictions_empty", undefined, undefined]]],
    ["image_index,score\na,1\n", [["column_missing", undefined, "malignant_pred"]]],
    ["left_malignant\n1\n", [["column_missing", undefined, "right_malignant"]]],
    ["index,left_malignant,right_malignant\n-1,0,0\n", [["exam_index_invalid", 2, "index"]]],
    ["image_index,malignant_pred\na,1,2\n", [["predictions_unreadable", undefined, undefined]]],
  ];
  for (const [text, expected] of cases) assert.deepStrictEqual(errorsOf(text), expected, text);
});

Deno.test("readPredictions: a written double is read bit for bit", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (score) => {
    const { predictions } = readPredictions(`image_index,malignant_pred\na,${score}\n`);
    assert.equal(predictions?.level, "image");
    assert.equal(
      (predictions?.rows[0] as { malignant: number }).malignant,
      score === 0 ? 0 : score,
    );
  }));
});
