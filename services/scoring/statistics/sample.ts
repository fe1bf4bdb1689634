import { CLUSTERS_OF_CLASS_MIN } from "../../../shared/limits.ts";

/** One malignancy score a sample; any finite numbers, higher is more suspicious. */
export type Scores = Float64Array | readonly number[];

/** The truth of each sample: 1 positive, 0 negative. */
export type Labels = Uint8Array | readonly (0 | 1)[];

/** Scores and labels of the same samples, in the same order. */
export interface Sample {
  readonly scores: Scores;
  readonly labels: Labels;
}

/** A sample whose members may belong together in clusters, as the breasts of one exam do. */
export interface ClusteredSample extends Sample {
  /** The cluster of each sample, any integers; null: every sample stands alone. */
  readonly clusters: Int32Array | null;
  /**
   * What recall and detection rate count, within clusters: the exams of a woman, say. Left out, or without
   * clusters, it is the clusters themselves.
   */
  readonly units?: Int32Array | undefined;
}

/** How many samples there are of each class. */
export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Checks what a caller hands over, once, before any computation.
 *
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @returns how many samples there are of each class
 * @throws {RangeError} where the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function checkSample(scores: Scores, labels: Labels): ClassCounts {
  if (scores.length !== labels.length) {
    throw new RangeError(
      `Cannot pair scores and labels: there are ${scores.length} scores and ${labels.length} labels`,
    );
  }
  let positives = 0;
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label !== 0 && label !== 1) {
      throw new RangeError(`Cannot use label ${at}: it is ${label}, not 0 or 1`);
    }
    if (!Number.isFinite(scores[at])) {
      throw new RangeError(`Cannot use score ${at}: it is ${scores[at]}, not a finite number`);
    }
    positives += label;
  }
  return { positives, negatives: labels.length - positives };
}

/**
 * What speaks against an interval or a test by cluster: resampling a handful of cancers repeats them,
 * and says no more about others than they do.
 *
 * @param labels one label a sample
 * @param clusters the cluster of each sample, any integers; null: every sample stands alone
 * @param noun what a cluster is called: `exam`, `woman`, `case`
 * @returns why there is none, or null where at least `CLUSTERS_OF_CLASS_MIN` clusters hold a positive
 * and as many hold none
 */
export function tooFewClusters(
  labels: Labels,
  clusters: Int32Array | null,
  noun: string,
): string | null {
  const all = new Set<number>();
  const holding = new Set<number>();
  for (let at = 0; at < labels.length; at++) {
    const cluster = clusters?.[at] ?? at;
    all.add(cluster);
    if (labels[at] === 1) holding.add(cluster);
  }
  const without = all.size - holding.size;
  if (holding.size >= CLUSTERS_OF_CLASS_MIN && without >= CLUSTERS_OF_CLASS_MIN) return null;
  const verb = holding.size === 1 ? "is" : "are";
  const nouns = noun === "woman" ? "women" : `${noun}s`;
  return `There ${verb} ${holding.size} ${holding.size === 1 ? noun : nouns} with cancer and ` +
    `${without} without: an interval or a test needs at least ${CLUSTERS_OF_CLASS_MIN} of each.`;
}

/**
 * What speaks against telling the classes apart.
 *
 * @param counts how many samples there are of each class
 * @returns why nothing that needs both classes is defined, or null where both are there
 */
export function missingClass({ positives, negatives }: ClassCounts): string | null {
  if (positives === 0 && negatives === 0) return "There are no samples.";
  if (positives === 0) return "There are no positive samples.";
  if (negatives === 0) return "There are no negative samples.";
  return null;
}
