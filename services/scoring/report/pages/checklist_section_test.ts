import assert from "node:assert/strict";
import { checklistItems } from "./checklist_section.tsx";
import { BARE_REPORT, FULL_REPORT } from "../../../../tests/support/scoring/report.ts";
import type { ScoreReport } from "../../../../shared/contracts/scores.ts";

function answer(report: ScoreReport, topic: RegExp): string | null {
  const item = checklistItems(report).find((item) => topic.test(item.topic));
  assert.ok(item !== undefined, `there is no item ${topic}`);
  return item.answer;
}

Deno.test("what is known is filled in", () => {
  assert.match(answer(FULL_REPORT, /index test in/)!, /nyu_gmic.*sha256:000000000000…/);
  assert.match(answer(FULL_REPORT, /knew the reference/)!, /^It did not/);
  assert.match(answer(FULL_REPORT, /Thresholds/)!, /exploratory: specificity ≥ 0\.90; sens/);
  assert.match(answer(FULL_REPORT, /missing/)!, /2 breasts have no image/);
  assert.match(answer(FULL_REPORT, /estimated/)!, /2,000 replicates, percentile, seed 7/);
  assert.match(answer(FULL_REPORT, /Numbers/)!, /21 exams, 40 breasts, 80 images; 12 breasts mal/);
});

Deno.test("what is not known is said, not made up", () => {
  assert.match(answer(BARE_REPORT, /knew the reference/)!, /^Unknown: .* uploaded/);
  assert.match(answer(BARE_REPORT, /Thresholds/)!, /^No threshold/);
  assert.match(answer(BARE_REPORT, /estimated/)!, /No bootstrap/);
  assert.equal(answer(BARE_REPORT, /^Eligibility/), null);
  const shown = { ...FULL_REPORT, provenance: { executor: "docker", blind: false } };
  assert.match(answer(shown, /knew the reference/)!, /^It could/);
});

Deno.test("a threshold that was given is told from one that was chosen on the data", () => {
  const { breast } = FULL_REPORT.levels;
  const [point] = breast.operating_points;
  const levels = {
    breast: { ...breast, operating_points: [{ ...point!, name: "score>=0.5" }, point!] },
  };
  assert.equal(
    answer({ ...FULL_REPORT, levels }, /Thresholds/),
    "Given with the request: score ≥ 0.5; only the authors know whether they were fixed beforehand. Chosen on these exams, so exploratory: " +
      "specificity ≥ 0.90.",
  );
});
