import assert from "node:assert/strict";
import { stream } from "../statistics/mod.ts";
import { fitIsotonicMap, fitLogisticMap, type FittedOn } from "./recalibrate.ts";

function drawn(step: number): FittedOn {
  const random = stream(31, step);
  const size = 10 + random.integer(20);
  const labels = Uint8Array.from({ length: size }, (_, at) => at < 4 ? at % 2 : random.integer(2));
  return {
    labels,
    // The four first ones overlap.
    scores: Float64Array.from(
      labels,
      (_, at) => at < 4 ? [0.9, 0.8, 0.1, 0.2][at]! : (1 + random.integer(18)) / 20,
    ),
    weights: Float64Array.from(labels, () => 1 + random.integer(3)),
  };
}

Deno.test("isotonic recalibration: the largest least mean over all ranges around a score", () => {
  for (let step = 0; step < 60; step++) {
    const { scores, labels, weights } = drawn(step);
    const map = fitIsotonicMap({ scores, labels, weights });
    const distinct = [...new Set(scores)].sort((a, b) => a - b);
    const meanOf = (from: number, to: number): number => {
      let [above, below] = [0, 0];
      for (const [at, score] of scores.entries()) {
        if (score < from || score > to) continue;
        above += weights[at]! * labels[at]!;
        below += weights[at]!;
      }
      return above / below;
    };
    for (const score of distinct) {
      const starts = distinct.filter((from) => from <= score);
      const ends = distinct.filter((to) => to >= score);
      const expected = Math.max(
        ...starts.map((from) => Math.min(...ends.map((to) => meanOf(from, to)))),
      );
      assert.ok(Math.abs(map(score) - expected) < 1e-12, `${step} ${score}`);
    }
    const grid = Array.from({ length: 101 }, (_, at) => map(at / 100));
    assert.ok(grid.every((one, at) => one >= 0 && one <= 1 && (at === 0 || one >= grid[at - 1]!)));
  }
});

Deno.test("logistic recalibration: no neighbouring line is more likely, and weights are copies", () => {
  for (let step = 0; step < 60; step++) {
    const given = drawn(step);
    const { scores, labels, weights } = given;
    const map = fitLogisticMap(given);
    const logit = (p: number): number => Math.log(p / (1 - p));
    const slope = logit(map(0.7)) - logit(map(0.3));
    const line = [logit(map(0.5)), slope / (logit(0.7) - logit(0.3))] as const;
    const likelihood = (intercept: number, steepness: number): number =>
      labels.reduce((sum, label, at) => {
        const p = 1 / (1 + Math.exp(-(intercept + steepness * logit(scores[at]!))));
        return sum + weights[at]! * Math.log(label === 1 ? p : 1 - p);
      }, 0);
    const best = likelihood(...line);
    for (const [a, b] of [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]] as const) {
      assert.ok(likelihood(line[0] + a, line[1] + b) < best, String(step));
    }
    const copied = [...labels.keys()].flatMap((at) => new Array<number>(weights[at]!).fill(at));
    const copies = fitLogisticMap({
      scores: Float64Array.from(copied, (at) => scores[at]!),
      labels: Uint8Array.from(copied, (at) => labels[at]!),
      weights: new Float64Array(copied.length).fill(1),
    });
    assert.ok(Math.abs(copies(0.37) - map(0.37)) < 1e-9);
  }
});

Deno.test("logistic recalibration: scores without a logit, and classes that do not overlap, are refused", () => {
  const weights = Float64Array.of(1, 1, 1);
  const fit = (scores: number[]) => () =>
    fitLogisticMap({ scores: Float64Array.from(scores), labels: Uint8Array.of(0, 0, 1), weights });
  assert.throws(fit([0.1, 1, 0.3]), /not between 0 and 1/);
  assert.throws(fit([0.1, 0.2, 0.3]), /do not overlap/);
});

Deno.test("isotonic recalibration: equal scores are one step, in whatever order they come", () => {
  for (const labels of [[1, 0, 0, 1, 1], [1, 0, 1, 0, 1], [0, 1, 1, 1, 0]]) {
    const map = fitIsotonicMap({
      scores: Float64Array.of(0.1, 0.1, 0.5, 0.5, 0.5),
      labels: Uint8Array.from(labels),
      weights: new Float64Array(5).fill(1),
    });
    const last = labels.slice(2).reduce((sum, one) => sum + one, 0) / 3;
    assert.deepEqual([map(0.1), map(0.5)], [0.5, last]);
  }
});
