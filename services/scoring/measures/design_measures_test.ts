import assert from "node:assert/strict";
import { designOf, stream } from "../statistics/mod.ts";
import {
  type DesignSample,
  designShare,
  judgeProbabilities,
  measureAreas,
  measureCalls,
  weightedDifferences,
} from "./design_measures.ts";
import { measureNetBenefit } from "./net_benefit.ts";

/** Samples of women with whole weights, and the same with one copy for each unit of weight. */
function drawn(step: number): readonly [DesignSample, DesignSample] {
  const random = stream(23, step);
  const size = 12 + random.integer(20);
  const labels = Uint8Array.from({ length: size }, (_, at) => at < 4 ? at % 2 : random.integer(2));
  const scores = Float64Array.from(labels, (label) => (1 + random.integer(12) + label) / 15);
  const weights = Float64Array.from(labels, () => 1 + random.integer(4));
  const women = Int32Array.from(labels, () => random.integer(8));
  const copied = [...labels.keys()].flatMap((at) => new Array<number>(weights[at]!).fill(at));
  const common = { weighted: true, confidence: 0.95, few: null };
  return [
    { ...common, scores, labels, design: designOf(weights, women, null) },
    {
      ...common,
      scores: Float64Array.from(copied, (at) => scores[at]!),
      labels: Uint8Array.from(copied, (at) => labels[at]!),
      design: designOf(
        new Float64Array(copied.length).fill(1),
        Int32Array.from(copied, (at) => women[at]!),
        null,
      ),
    },
  ];
}

/** Asserts that all numbers of two results agree. */
function same(ours: unknown, theirs: unknown, at = ""): void {
  if (typeof ours === "number" && typeof theirs === "number") {
    assert.ok(
      Math.abs(ours - theirs) <= 1e-7 * Math.max(1, Math.abs(theirs)),
      `${at} ${ours} ${theirs}`,
    );
  } else if (typeof ours === "object" && ours !== null) {
    for (const [key, value] of Object.entries(ours)) {
      same(value, (theirs as Record<string, unknown>)[key], `${at}.${key}`);
    }
  } else assert.equal(ours, theirs, at);
}

Deno.test("differences of weighted scores: those of copies, in either order", () => {
  for (let step = 0; step < 40; step++) {
    const [weighted, copies] = drawn(step);
    const flipped = (one: DesignSample): DesignSample => ({
      ...one,
      scores: one.scores.map((score, at) => (7 * score + (one.labels[at]! === 1 ? 1 : 2)) / 10),
    });
    const ours = weightedDifferences(weighted, flipped(weighted))!;
    same(ours, weightedDifferences(copies, flipped(copies))!);
    const [first, second] = [weighted, flipped(weighted)].map((one) => ({
      ...measureAreas(one, [], false),
      ...judgeProbabilities(one),
    })) as [Measured, Measured];
    for (const name of ["auroc", "average_precision", "brier"] as const) {
      const difference = first[name].value! - second[name].value!;
      assert.ok(Math.abs(ours[name].value! - difference) < 1e-12, name);
    }
    const turned = weightedDifferences(flipped(weighted), weighted)!;
    assert.ok(Math.abs(turned.auroc.se! - ours.auroc.se!) < 1e-12);
  }
});

type Measured = ReturnType<typeof measureAreas> & ReturnType<typeof judgeProbabilities>;

Deno.test("a weight of k is k copies of the sample in every measure, with its standard error by woman", () => {
  const bands = [{ focus: "specificity", from: 0.6, to: 1 }] as const;
  for (let step = 0; step < 40; step++) {
    const [weighted, copies] = drawn(step);
    same(measureAreas(weighted, bands), measureAreas(copies, bands));
    same(judgeProbabilities(weighted), judgeProbabilities(copies));
    for (const prevalence of [null, 0.1]) {
      same(
        measureNetBenefit(weighted, [0, 0.2, 0.5], prevalence),
        measureNetBenefit(copies, [0, 0.2, 0.5], prevalence),
      );
    }
    const callsOf = ({ scores }: DesignSample): Uint8Array =>
      Uint8Array.from(scores, (score) => score >= 0.4 ? 1 : 0);
    const [ours, theirs] = [weighted, copies].map((sample) =>
      measureCalls(callsOf(sample), sample)
    );
    for (const [name, { value, se, count, of }] of Object.entries(ours!)) {
      const other = theirs![name as keyof typeof theirs];
      same({ value, se, count, of }, other, name);
    }
  }
});

Deno.test("net benefit and shares: by counting, one sample after the other", () => {
  for (let step = 0; step < 40; step++) {
    const [, sample] = drawn(step);
    const { scores, labels } = sample;
    const n = labels.length;
    for (const prevalence of [null, 0.02]) {
      for (const { threshold, model, all } of measureNetBenefit(sample, [0.3, 0.6], prevalence)!) {
        const rate = (label: number, least: number): number => {
          const held = [...scores].filter((_, at) => labels[at] === label);
          const called = held.filter((score) => score >= least).length;
          if (prevalence === null) return called / n;
          return called / held.length * (label === 1 ? prevalence : 1 - prevalence);
        };
        const benefit = (least: number): number =>
          rate(1, least) - rate(0, least) * threshold / (1 - threshold);
        same([model.net_benefit, all.net_benefit], [benefit(threshold), benefit(0)]);
        const avoided = 100 * (benefit(threshold) - benefit(0)) * (1 - threshold) / threshold;
        same(model.interventions_avoided_per_100, avoided);
      }
    }
  }
});

Deno.test("what cannot be measured says why, and never is NaN", () => {
  const sampleOf = (scores: number[], labels: number[]): DesignSample => ({
    scores: Float64Array.from(scores),
    labels: Uint8Array.from(labels),
    design: designOf(new Float64Array(scores.length).fill(1), null, null),
    weighted: false,
    confidence: 0.95,
    few: null,
  });
  const cases: [number[], number[]][] = [
    [[0.2, 0.4], [0, 0]],
    [[0.2, 0.4], [1, 1]],
    [[0.5], [1]],
    [[0, 1, 0.5], [0, 1, 1]],
    [[1, 0], [0, 1]],
    [[-3, 12, 4], [0, 1, 0]],
    [[0.5, 0.5, 0.5], [0, 1, 0]],
  ];
  for (const [scores, labels] of cases) {
    const sample = sampleOf(scores, labels);
    const text = JSON.stringify([
      measureAreas(sample, [{ focus: "sensitivity", from: 0.9, to: 1 }]),
      judgeProbabilities(sample),
      measureNetBenefit(sample, [0, 0.5], 0.1),
      measureCalls(Uint8Array.from(labels, () => 0), sample),
      designShare(sample.labels, sample.labels, sample),
    ], (key, value) => {
      assert.ok(typeof value !== "number" || Number.isFinite(value), `${key} of ${scores}`);
      return value;
    });
    assert.ok(text.length > 0);
  }
});

Deno.test("with too few exams of a class there are no intervals and tests but those of shares", () => {
  const [sample] = drawn(1);
  const few = { ...sample, few: "There are 2 exams with cancer and 9 without." };
  const { auroc, auprc } = measureAreas(few);
  const { brier, slope } = judgeProbabilities(few);
  for (const one of [auroc, auprc, brier, slope]) {
    assert.deepEqual([one.ci, one.undefined], [null, few.few]);
  }
  assert.equal(auroc.ci_logit, null);
  const other = { ...few, scores: few.scores.toReversed() };
  const { auroc: difference } = weightedDifferences(few, other)!;
  assert.deepEqual([difference.ci, difference.p], [null, null]);
  const { sensitivity } = measureCalls(sample.labels.map(() => 1), few);
  assert.equal(sensitivity.value, 1);
  const { ci, ci_t, ci_logit, ci_beta } = sensitivity;
  assert.deepEqual([ci, ci_t, ci_logit], [null, null, null], "no interval of width zero");
  assert.ok(ci_beta![0] < 0.99 && ci_beta![1] === 1);
});
