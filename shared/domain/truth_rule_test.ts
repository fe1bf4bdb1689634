import assert from "node:assert/strict";
import { golden, rowsOfGolden } from "../../tests/support/golden_data.ts";
import { applyTruthRule, type Exam, examLabel, haveOutcomes, type JsonValue } from "./mod.ts";

function examOf(id: string, extras: Record<string, JsonValue>): Exam {
  const images = { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [] };
  return { index: 0, id, images, malignant: { left: 0, right: 0 }, horizontalFlip: null, extras };
}

Deno.test("truth rule: the golden exams at three horizons, by exam and by breast", () => {
  const exams = rowsOfGolden("outcomes/exams.csv").map((row) => {
    const days = row["days_to_cancer"] === "" ? null : Number(row["days_to_cancer"]);
    const side = row["cancer_side"]!;
    const detection = row["detection"] === "none" ? null : row["detection"]!;
    return examOf(row["exam"]!, {
      cancer_after_days: days === null ? null : { left: null, right: null, [side]: days },
      detection,
      followed_days: Number(row["days_followed"]),
    });
  });
  // deno-lint-ignore no-explicit-any
  const rules = (golden("outcomes/expected.json") as any).own_followup.rules;
  for (const horizon of [365, 730, 1095]) {
    const ruled = applyTruthRule(exams, { within_days: horizon });
    const truth = new Map(ruled.exams.map((exam) => [exam.id, String(examLabel(exam))]));
    for (const row of rowsOfGolden("outcomes/exams_truth.csv")) {
      assert.equal(truth.get(row["exam"]!) ?? "", row[`truth_${horizon}`], row["exam"]!);
    }
    const { positives, negatives, leftOut } = ruled;
    assert.deepEqual(
      [positives, negatives, leftOut],
      [rules[horizon].positive, rules[horizon].negative, rules[horizon].excluded],
    );
    const sides = ruled.exams.filter(({ malignant }) => malignant.left === 1).length;
    assert.ok(sides > 0 && sides < positives, "of each breast, not of the exam alone");
  }
});

Deno.test("truth rule: limits, sides that only one key knows, and detection without days", () => {
  const at = (extras: Record<string, JsonValue>): Exam["malignant"] | undefined =>
    applyTruthRule([examOf("a", extras)], { within_days: 365 }).exams[0]?.malignant;
  const [none, right, unknown] = [
    { left: 0, right: 0 },
    { left: 0, right: 1 },
    { left: null, right: null },
  ];
  const found = { left: null, right: "screen" };
  assert.deepEqual(at({ cancer_after_days: 365 }), unknown);
  assert.deepEqual(at({ cancer_after_days: 366, followed_days: 400 }), none);
  assert.deepEqual(at({ cancer_after_days: 366, followed_days: 300 }), undefined);
  assert.deepEqual(at({ followed_days: 365 }), none);
  assert.deepEqual(at({ followed_days: 364 }), undefined);
  assert.deepEqual(at({ detection: "interval" }), unknown);
  assert.deepEqual(at({ detection: found }), right);
  assert.deepEqual(at({ detection: found, cancer_after_days: 300 }), right);
  assert.deepEqual(at({ detection: found, cancer_after_days: 500, followed_days: 900 }), none);
  assert.deepEqual(at({ detection: "screen", cancer_after_days: { left: null, right: 3 } }), right);
  const late = { left: 900, right: 3 };
  assert.deepEqual(at({ cancer_after_days: late, followed_days: 900 }), right);
  assert.deepEqual(at({}), undefined);
  assert.equal(haveOutcomes([examOf("a", { detection: null, age: 3 })]), false);
  assert.equal(haveOutcomes([examOf("a", { followed_days: 3 })]), true);
});
