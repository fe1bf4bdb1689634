/** The three areas of one sample. */
export interface Areas {
  auroc: number;
  auprc: number;
  averagePrecision: number;
}

/**
 * A sample reduced to what the areas depend on. The areas change only at scores of positives, so
 * all negatives between two neighbouring such scores share one cell. With K distinct scores of
 * positives, descending, the cells are:
 *
 * - 2k for k < K: negatives above the k-th positive score (and below the one before);
 * - 2K: negatives below all of them;
 * - 2k + 1: negatives tied with the k-th positive score;
 * - 2K + 1 + k: positives with the k-th positive score.
 */
export interface Cells {
  /** K: the number of distinct scores of positives. */
  readonly positiveScores: number;
  /** The cell of each sample, in sample order. */
  readonly cellOf: Int32Array;
}

/**
 * The areas of a sample with `weights[c]` members in cell c: `auroc`, `auprc` and `averagePrecision` up to rounding.
 * @param areas receives the result, so that no replicate allocates
 */
export function areasOfCells(weights: Int32Array, positiveScores: number, areas: Areas): void {
  const positivesFrom = 2 * positiveScores + 1;
  let truePositives = 0;
  let falsePositives = 0;
  let pairs = 0;
  let trapezoids = 0;
  let steps = 0;
  for (let at = 0; at < positiveScores; at++) {
    const above = weights[2 * at]!;
    const tied = weights[2 * at + 1]!;
    const found = weights[positivesFrom + at]!;
    falsePositives += above;
    if (found === 0) {
      pairs += 2 * truePositives * (above + tied);
      falsePositives += tied;
      continue;
    }
    const called = truePositives + falsePositives;
    const before = called === 0 ? 1 : truePositives / called;
    pairs += 2 * truePositives * (above + tied) + found * tied;
    truePositives += found;
    falsePositives += tied;
    const precision = truePositives / (truePositives + falsePositives);
    trapezoids += found * (before + precision);
    steps += found * precision;
  }
  const below = weights[2 * positiveScores]!;
  pairs += 2 * truePositives * below;
  areas.auroc = pairs / (2 * truePositives * (falsePositives + below));
  areas.auprc = trapezoids / (2 * truePositives);
  areas.averagePrecision = steps / truePositives;
}
