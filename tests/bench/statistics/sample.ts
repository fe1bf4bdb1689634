import { stream } from "../../../services/scoring/statistics/mod.ts";

/** A sample like a screening model's: most scores are low, those of cancers higher. */
export interface BenchSample {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  /** Two breasts an exam. */
  readonly clusters: Int32Array;
}

/**
 * @param rows how many breasts
 * @param positives how many of them have cancer: those that come first in a random order
 * @param seed of the draws
 */
export function drawBenchSample(rows: number, positives: number, seed: number): BenchSample {
  const random = stream(seed, 0);
  const labels = new Uint8Array(rows);
  for (let found = 0; found < positives;) {
    const at = random.integer(rows);
    if (labels[at] === 1) continue;
    labels[at] = 1;
    found++;
  }
  const scores = Float64Array.from(labels, (label) => {
    const uniform = (random.uint32() + 0.5) / 2 ** 32;
    return 1 / (1 + Math.exp(2.5 - 1.8 * label - Math.log(uniform / (1 - uniform))));
  });
  return { scores, labels, clusters: Int32Array.from(labels, (_, at) => at >> 1) };
}
