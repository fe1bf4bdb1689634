import fc from "fast-check";
import assert from "node:assert/strict";
import type { Sample } from "../../shared/domain/mod.ts";
import { MISSES_LISTED_MAX } from "../../shared/limits.ts";
import { worstMisses } from "./jobs/make_report.ts";

function samplesOf(rows: readonly (readonly [score: number, positive: boolean])[]): Sample[] {
  return rows.map(([score, positive], at) => ({
    examIndex: at >> 1,
    exam: `e${at >> 1}`,
    laterality: at % 2 === 0 ? "left" : "right",
    view: null,
    image: null,
    score,
    label: positive ? 1 : 0,
  }));
}

const rows = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.boolean()), { maxLength: 60 });

Deno.test("the same as sorting everything and counting one by one", () => {
  fc.assert(fc.property(rows, (drawn) => {
    const samples = samplesOf(drawn);
    const [positives, negatives] = [1, 0].map((label) => samples.filter((s) => s.label === label));
    const expected = {
      positives: positives!.toSorted((a, b) => a.score - b.score).map((sample) => ({
        sample,
        count: negatives!.filter(({ score }) => score >= sample.score).length,
      })),
      negatives: negatives!.toSorted((a, b) => b.score - a.score).map((sample) => ({
        sample,
        count: positives!.filter(({ score }) => score <= sample.score).length,
      })),
    };
    const listed = (rows: typeof expected.positives): unknown[] =>
      rows.slice(0, MISSES_LISTED_MAX).map(({ sample: { exam, laterality, score }, count }) => ({
        exam,
        laterality,
        score,
        outranked_by: count,
      }));
    assert.deepEqual(worstMisses(samples), {
      positives: listed(expected.positives),
      negatives: listed(expected.negatives),
    });
  }));
});

Deno.test("no samples, or one class only", () => {
  assert.deepEqual(worstMisses([]), { positives: [], negatives: [] });
  const { positives, negatives } = worstMisses(samplesOf([[0.5, true]]));
  assert.deepEqual(positives, [{ exam: "e0", laterality: "left", score: 0.5, outranked_by: 0 }]);
  assert.deepEqual(negatives, []);
});
