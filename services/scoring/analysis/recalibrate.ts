import { fitLogistic, separation } from "../statistics/mod.ts";

/** Scores, truth and weights that a recalibration is fitted on. */
export interface FittedOn {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
}

/** Maps scores to probabilities. */
export type Recalibration = (score: number) => number;

/**
 * Regression of truth on the logit of the score (Cox 1958).
 * @throws {RangeError} if the classes do not overlap, or a score is not in (0, 1)
 */
export function fitLogisticMap({ scores, labels, weights }: FittedOn): Recalibration {
  const logit = (score: number): number => Math.log(score) - Math.log1p(-score);
  const model = {
    x: scores.map(logit),
    labels,
    weights,
    clusterOf: new Int32Array(scores.length),
    clusters: 1,
    withSlope: true,
  };
  if (scores.some((score) => !(score > 0 && score < 1))) {
    throw new RangeError("recalibration: a score is not between 0 and 1, so it has no logit");
  }
  const fit = separation(model) === null ? fitLogistic(model) : null;
  if (fit === null) {
    throw new RangeError(
      "recalibration: the classes of the women that it is fitted on do not overlap; tune on more women",
    );
  }
  const [intercept, slope] = fit.coefficients as [number, number];
  return (score) => 1 / (1 + Math.exp(-(intercept + slope * logit(score))));
}

/** Isotonic map by pooling adjacent violators (Ayer and others 1955), linear between the fitted scores. */
export function fitIsotonicMap({ scores, labels, weights }: FittedOn): Recalibration {
  const blocks: { weight: number; sum: number; from: number; to: number }[] = [];
  const tied = Map.groupBy(scores.keys(), (at) => scores[at]!);
  // Equal scores get one value, so they are pooled before any violator.
  for (const [score, places] of [...tied].sort(([a], [b]) => a - b)) {
    let block = { weight: 0, sum: 0, from: score, to: score };
    for (const at of places) {
      block.weight += weights[at]!;
      block.sum += weights[at]! * labels[at]!;
    }
    for (
      let before = blocks.at(-1);
      before !== undefined && before.sum / before.weight >= block.sum / block.weight;
      before = blocks.at(-1)
    ) {
      const { from, weight, sum } = blocks.pop()!;
      block = { ...block, from, weight: weight + block.weight, sum: sum + block.sum };
    }
    blocks.push(block);
  }
  return (score) => {
    const next = blocks.findIndex(({ to }) => score <= to);
    if (next === -1) return blocks.at(-1)!.sum / blocks.at(-1)!.weight;
    const block = blocks[next]!;
    const value = block.sum / block.weight;
    const before = blocks[next - 1];
    if (score >= block.from || before === undefined) return value;
    const below = before.sum / before.weight;
    return below + (value - below) * (score - before.to) / (block.from - before.to);
  };
}
