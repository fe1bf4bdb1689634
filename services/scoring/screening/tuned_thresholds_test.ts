import assert from "node:assert/strict";
import type { ChosenThreshold } from "../../../shared/contracts/thresholds.ts";
import { stream } from "../statistics/mod.ts";
import { foldsOf, toleranceOf, type TunedExams, tuneThreshold } from "./tuned_thresholds.ts";

const SCORE = "00000000-0000-4000-8000-000000000001";

function drawn(step: number, weighted: boolean): TunedExams {
  const random = stream(51, step);
  const size = 6 + random.integer(20);
  const cancers = Uint8Array.from({ length: size }, (_, at) => at < 4 ? at % 2 : random.integer(2));
  return {
    scores: Float64Array.from(cancers, (cancer) => (random.integer(10) + 2 * cancer) / 12),
    cancers,
    women: Int32Array.from(cancers, () => random.integer(9)),
    weights: weighted ? Float64Array.from(cancers, () => 1 + random.integer(4)) : null,
    readersRecall: 0.25,
    withinDays: null,
  };
}

function chosenOn(exams: TunedExams, target: ChosenThreshold["target"]): number {
  return tuneThreshold({ target, tune: { score: SCORE } }, {
    exams,
    groupsOf: () => [],
    others: new Map([[SCORE, exams]]),
    confidence: 0.95,
  }).value!;
}

Deno.test("a chosen threshold is the best of all scores for its target, tried one by one", () => {
  for (let step = 0; step < 200; step++) {
    const exams = drawn(step, step % 2 === 1);
    const { scores, cancers, weights } = exams;
    const share = (threshold: number, of: readonly number[], called: boolean): number => {
      let [above, below] = [0, 0];
      for (const [at, score] of scores.entries()) {
        if (!of.includes(cancers[at]!)) continue;
        const weight = weights?.[at] ?? 1;
        below += weight;
        if ((score >= threshold) === called) above += weight;
      }
      return above / below;
    };
    const tried = [...new Set(scores)].sort((a, b) => a - b);
    for (const aim of [0.1, 0.35, 0.5, 0.8, 1]) {
      const sensitive = tried.filter((one) => share(one, [1], true) >= aim - 1e-12);
      assert.equal(chosenOn(exams, { sensitivity: aim }), Math.max(...sensitive));
      const kinds = [
        [{ specificity: aim }, (one: number) => share(one, [0], false) >= aim - 1e-12],
        [{ recall_rate: aim }, (one: number) => share(one, [0, 1], true) <= aim + 1e-12],
        [{ readers_recall: true }, (one: number) => share(one, [0, 1], true) <= 0.25 + 1e-12],
      ] as const;
      for (const [target, isMet] of kinds) {
        const ours = chosenOn(exams, target);
        const met = tried.filter(isMet);
        if (met.length > 0) assert.equal(ours, Math.min(...met), JSON.stringify(target));
        // None meets it: nobody is called.
        else assert.ok(ours > Math.max(...scores));
      }
    }
  }
});

Deno.test("folds: no woman is on both sides, and each one is applied to as often as she should be", () => {
  for (let step = 0; step < 60; step++) {
    const { women } = drawn(step, false);
    const groups = [...women].map((woman) => woman % 2 === 0 ? "a" : "b");
    const kinds = [
      foldsOf({ cross_fit: 3, seed: step }, women, null),
      foldsOf({ share: 0.4, seed: step, stratify_by: null }, women, null),
      foldsOf({ share: 0.4, seed: step, stratify_by: "site" }, women, groups),
    ];
    for (const [kind, folds] of kinds.entries()) {
      const applied = new Int32Array(women.length);
      for (const fold of folds) {
        const of = (members: Uint8Array): Set<number> =>
          new Set([...women].filter((_, at) => members[at] === 1));
        const [tuning, judged] = [of(fold.tuning), of(fold.applied)];
        assert.ok(tuning.isDisjointFrom(judged), String(step));
        for (const [at, one] of fold.applied.entries()) applied[at]! += one;
        if (kind !== 2) assert.equal(tuning.size + judged.size, new Set(women).size);
      }
      if (kind === 0) assert.ok(applied.every((times) => times === 1));
      else assert.ok(applied.every((times) => times <= 1));
    }
    const again = foldsOf({ cross_fit: 3, seed: step }, women, null);
    assert.deepEqual(again, kinds[0]);
  }
});

Deno.test("tolerance of the specificity: at its limits the binomial tails have the stated probability", () => {
  const choose = (n: number, k: number): number =>
    Array.from({ length: k }, (_, at) => (n - at) / (at + 1)).reduce((all, one) => all * one, 1);
  const atLeast = (n: number, k: number, p: number): number => {
    let sum = 0;
    for (let j = k; j <= n; j++) sum += choose(n, j) * p ** j * (1 - p) ** (n - j);
    return sum;
  };
  for (const [n, k] of [[20, 18], [12, 1], [30, 30], [7, 4]] as const) {
    const { low, median, high, mean, one_sided_low, reaches_target } = toleranceOf(n, k, 0.9, 0.8);
    const tails = [[low, 0.05], [median, 0.5], [high, 0.95], [one_sided_low, 0.1]] as const;
    for (const [limit, expected] of tails) {
      assert.ok(Math.abs(atLeast(n, k, limit) - expected) < 1e-9, `${n} ${k} ${expected}`);
    }
    assert.ok(Math.abs(reaches_target! - (1 - atLeast(n, k, 0.8))) < 1e-9);
    assert.equal(mean, k / (n + 1));
  }
});

Deno.test("what a threshold cannot be chosen on is named: no reads, no cancer, no exam without cancer", () => {
  const exams = drawn(1, false);
  const unread = { ...exams, readersRecall: null };
  assert.throws(() => chosenOn(unread, { readers_recall: true }), /no exam has reads/);
  const one = (cancer: number): TunedExams => ({
    ...exams,
    cancers: exams.cancers.map(() => cancer),
  });
  assert.throws(() => chosenOn(one(0), { sensitivity: 0.9 }), /has no cancer/);
  assert.throws(() => chosenOn(one(1), { specificity: 0.9 }), /has no exam without cancer/);
});
