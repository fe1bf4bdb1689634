import fc from "fast-check";
import { stream } from "../../../services/scoring/statistics/random.ts";

/** A small sample with ties and clusters, and a second classifier's scores. */
export interface TestSample {
  readonly scores: Float64Array;
  readonly others: Float64Array;
  readonly labels: Uint8Array;
  readonly clusters: Int32Array;
}

/** Arbitrary samples, often of one class; scores take few values, so that ties are common. */
export function arbitrarySample(sizeMax = 40): fc.Arbitrary<TestSample> {
  const row = fc.record({
    score: fc.oneof(fc.integer({ min: 0, max: 8 }).map((value) => value / 8), probability()),
    other: fc.oneof(fc.integer({ min: 0, max: 8 }).map((value) => value / 8), probability()),
    label: fc.integer({ min: 0, max: 1 }),
    cluster: fc.integer({ min: 0, max: 12 }),
  });
  return fc.array(row, { maxLength: sizeMax }).map((rows) => ({
    scores: Float64Array.from(rows, ({ score }) => score),
    others: Float64Array.from(rows, ({ other }) => other),
    labels: Uint8Array.from(rows, ({ label }) => label),
    clusters: Int32Array.from(rows, ({ cluster }) => cluster),
  }));
}

/** Arbitrary samples with each class in at least two clusters. */
export function arbitraryTwoClasses(sizeMax = 40): fc.Arbitrary<TestSample> {
  return arbitrarySample(sizeMax).filter(({ labels, clusters }) =>
    [0, 1].every((label) =>
      new Set([...clusters].filter((_, at) => labels[at] === label)).size >= 2
    )
  );
}

function probability(): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: 1, noNaN: true });
}

/** Options of a drawn sample. */
export interface DrawnSampleOptions {
  readonly seed: number;
  readonly clusters: number;
  readonly perCluster: number;
  /** Probability that a member is positive. */
  readonly prevalence: number;
  /** Share of the score common to a cluster, in [0, 1]. */
  readonly shared: number;
  /** Scores are rounded to this many steps to create ties; 0: not rounded. */
  readonly steps?: number;
}

/** Draws pairs of logistic scores that are correlated within clusters. */
export function drawSample(options: DrawnSampleOptions): TestSample {
  const { seed, clusters, perCluster, prevalence, shared, steps = 0 } = options;
  const random = stream(seed, 0);
  const samples = clusters * perCluster;
  const sample = {
    scores: new Float64Array(samples),
    others: new Float64Array(samples),
    labels: new Uint8Array(samples),
    clusters: new Int32Array(samples),
  };
  const noise = (): number => Math.log(1 / (1 - random.uniform()) - 1 + Number.MIN_VALUE);
  const score = (logit: number): number => {
    const value = 1 / (1 + Math.exp(-logit));
    return steps === 0 ? value : Math.round(value * steps) / steps;
  };
  for (let cluster = 0; cluster < clusters; cluster++) {
    const common = noise();
    for (let member = 0; member < perCluster; member++) {
      const at = cluster * perCluster + member;
      const label = random.uniform() < prevalence ? 1 : 0;
      const base = shared * common + 1.5 * label - 1;
      sample.labels[at] = label;
      sample.clusters[at] = cluster;
      sample.scores[at] = score(base + (1 - shared) * noise());
      sample.others[at] = score(base + (1 - shared) * noise());
    }
  }
  return sample;
}

/**
 * Returns whether two numbers agree.
 *
 * @param tolerance absolute, and relative above 1
 */
export function agree(actual: number, expected: number, tolerance = 1e-12): boolean {
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

/** Two-sample Kolmogorov–Smirnov test by the asymptotic distribution; conservative for ties. Returns the p value. */
export function sameDistribution(one: Float64Array, other: Float64Array): number {
  const [a, b] = [one.toSorted(), other.toSorted()];
  let distance = 0;
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const size = Math.sqrt(a.length * b.length / (a.length + b.length));
  const scaled = (size + 0.12 + 0.11 / size) * distance;
  let p = 0;
  for (let term = 1; term <= 100; term++) {
    p += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * term * term * scaled * scaled);
  }
  return scaled < 0.2 ? 1 : Math.min(1, Math.max(0, p));
}

/**
 * Pearson's chi-squared test; returns how many standard deviations the statistic lies above its mean (Wilson and
 * Hilferty).
 *
 * @param expected probabilities, or expected counts up to a factor
 */
export function chiSquaredExcess(counts: readonly number[], expected: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const scale = total / expected.reduce((sum, chance) => sum + chance, 0);
  const squared = counts.reduce(
    (sum, count, at) => sum + (count - scale * expected[at]!) ** 2 / (scale * expected[at]!),
    0,
  );
  const freedom = counts.length - 1;
  const variance = 2 / (9 * freedom);
  return (Math.cbrt(squared / freedom) - (1 - variance)) / Math.sqrt(variance);
}
