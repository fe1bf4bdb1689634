import { layOutCells } from "./cells.ts";
import type { Labels, Scores } from "./sample.ts";

/** Derivative of each area by the weight of each cell, see `areas.ts`. */
export interface CellGradients {
  readonly auroc: Float64Array;
  readonly auprc: Float64Array;
  readonly averagePrecision: Float64Array;
}

/**
 * Derivatives of the three areas by the weights of the cells: the empirical influence of a sample, up to a factor
 * (Efron 1982, "The Jackknife, the Bootstrap and Other Resampling Plans", chapter 6). One pass down for the counts and
 * one up for the derivatives. Doubling all weights leaves an area unchanged, so the weighted derivatives sum to 0.
 * @param counts samples per cell, or sums of weights: both classes, and a positive at each positive score
 */
export function gradientsOfCells(
  counts: Float64Array | Int32Array,
  positiveScores: number,
): CellGradients {
  const steps = countSteps(counts, positiveScores);
  return { auroc: aurocGradient(steps), ...precisionGradients(steps) };
}

/** Derivatives of AUPRC and average precision by the weight of each sample; both classes must occur. */
export function precisionInfluences(
  scores: Scores,
  labels: Labels,
  weights: Float64Array,
): Pick<CellGradients, "auprc" | "averagePrecision"> {
  const { positiveScores, cellOf } = layOutCells(scores, labels);
  const sums = new Float64Array(3 * positiveScores + 1);
  for (const [at, cell] of cellOf.entries()) sums[cell]! += weights[at]!;
  const { auprc, averagePrecision } = gradientsOfCells(sums, positiveScores);
  const ofSamples = (gradient: Float64Array): Float64Array =>
    Float64Array.from(cellOf, (cell) => gradient[cell]!);
  return { auprc: ofSamples(auprc), averagePrecision: ofSamples(averagePrecision) };
}

/** The cells from the highest positive score down. */
interface Steps {
  readonly positiveScores: number;
  /** Per positive score: negatives above it, negatives tied with it, positives at it. */
  readonly above: Float64Array;
  readonly tied: Float64Array;
  readonly found: Float64Array;
  /** Per positive score: positive calls before it, without the negatives just above it. */
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
  /** Negatives below all positives. */
  readonly below: number;
}

function countSteps(counts: Float64Array | Int32Array, positiveScores: number): Steps {
  const above = Float64Array.from({ length: positiveScores }, (_, at) => counts[2 * at]!);
  const tied = Float64Array.from({ length: positiveScores }, (_, at) => counts[2 * at + 1]!);
  const found = Float64Array.from(counts.subarray(2 * positiveScores + 1));
  const truePositives = new Float64Array(positiveScores + 1);
  const falsePositives = new Float64Array(positiveScores + 1);
  for (let at = 0; at < positiveScores; at++) {
    truePositives[at + 1] = truePositives[at]! + found[at]!;
    falsePositives[at + 1] = falsePositives[at]! + above[at]! + tied[at]!;
  }
  const below = counts[2 * positiveScores]!;
  return {
    ...{ positiveScores, above, tied, found, truePositives, falsePositives, below },
    positives: truePositives[positiveScores]!,
    negatives: falsePositives[positiveScores]! + below,
  };
}

/** Derivative of the doubled number of concordant pairs, then of its ratio to all pairs. */
function aurocGradient(steps: Steps): Float64Array {
  const { positiveScores, positives, negatives, below } = steps;
  const gradient = new Float64Array(3 * positiveScores + 1);
  gradient[2 * positiveScores] = 2 * positives;
  let pairs = 2 * positives * below;
  let negativesBelow = below;
  for (let at = positiveScores - 1; at >= 0; at--) {
    const here = steps.above[at]! + steps.tied[at]!;
    const outscoredBy = 2 * steps.truePositives[at]!;
    gradient[2 * at] = outscoredBy;
    gradient[2 * at + 1] = outscoredBy + steps.found[at]!;
    gradient[2 * positiveScores + 1 + at] = steps.tied[at]! + 2 * negativesBelow;
    pairs += outscoredBy * here + steps.found[at]! * steps.tied[at]!;
    negativesBelow += here;
  }
  divide(gradient, positiveScores, pairs, 2 * positives * negatives, [
    1 / negatives,
    1 / positives,
  ]);
  return gradient;
}

/**
 * Derivatives of the sums over positives of the precision (for trapezoids doubled, plus that just before), then of their
 * ratio. Going up, `byTrue` and `byFalse` are what one more true or false positive adds from there down.
 */
function precisionGradients(steps: Steps): Pick<CellGradients, "auprc" | "averagePrecision"> {
  const { positiveScores, positives } = steps;
  const auprc = new Float64Array(3 * positiveScores + 1);
  const averagePrecision = new Float64Array(3 * positiveScores + 1);
  const total = { trapezoids: 0, steps: 0 };
  const byTrue = { trapezoids: 0, steps: 0 };
  const byFalse = { trapezoids: 0, steps: 0 };
  for (let at = positiveScores - 1; at >= 0; at--) {
    const found = steps.found[at]!;
    const trueBefore = steps.truePositives[at]!;
    const falseBefore = steps.falsePositives[at]! + steps.above[at]!;
    const trueAfter = trueBefore + found;
    const falseAfter = falseBefore + steps.tied[at]!;
    const calledBefore = trueBefore + falseBefore;
    const calledAfter = trueAfter + falseAfter;
    const before = calledBefore === 0 ? 1 : trueBefore / calledBefore;
    const precision = trueAfter / calledAfter;
    total.trapezoids += found * (before + precision);
    total.steps += found * precision;
    for (const kind of ["trapezoids", "steps"] as const) {
      byTrue[kind] += found * falseAfter / calledAfter ** 2;
      byFalse[kind] -= found * trueAfter / calledAfter ** 2;
    }
    const positive = 2 * positiveScores + 1 + at;
    auprc[positive] = before + precision + byTrue.trapezoids;
    averagePrecision[positive] = precision + byTrue.steps;
    auprc[2 * at + 1] = byFalse.trapezoids;
    averagePrecision[2 * at + 1] = byFalse.steps;
    if (calledBefore > 0) {
      byTrue.trapezoids += found * falseBefore / calledBefore ** 2;
      byFalse.trapezoids -= found * trueBefore / calledBefore ** 2;
    }
    auprc[2 * at] = byFalse.trapezoids;
    averagePrecision[2 * at] = byFalse.steps;
  }
  divide(auprc, positiveScores, total.trapezoids, 2 * positives, [0, 1 / positives]);
  divide(averagePrecision, positiveScores, total.steps, positives, [0, 1 / positives]);
  return { auprc, averagePrecision };
}

/** The quotient rule; `growth` is the relative growth of the divisor per added sample. */
function divide(
  gradient: Float64Array,
  positiveScores: number,
  dividend: number,
  divisor: number,
  growth: readonly [byNegative: number, byPositive: number],
): void {
  for (let cell = 0; cell < gradient.length; cell++) {
    const share = cell > 2 * positiveScores ? growth[1] : growth[0];
    gradient[cell] = (gradient[cell]! - dividend * share) / divisor;
  }
}
