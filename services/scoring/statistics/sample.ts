import { CLUSTERS_OF_CLASS_MIN } from "../../../shared/limits.ts";

/** One malignancy score per sample: any finite number, higher is more suspicious. */
export type Scores = Float64Array | readonly number[];

/** The truth of each sample: 1 positive, 0 negative. */
export type Labels = Uint8Array | readonly (0 | 1)[];

/** Scores and labels of the same samples, in the same order. */
export interface Sample {
  readonly scores: Scores;
  readonly labels: Labels;
}

/** A sample whose members may be clustered, such as the breasts of one exam. */
export interface ClusteredSample extends Sample {
  /** Cluster ID of each sample; null: every sample is independent. */
  readonly clusters: Int32Array | null;
  /** Units of recall and detection rate, such as the exams of a woman; by default the clusters. */
  readonly units?: Int32Array | undefined;
}

export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Counts the classes.
 * @throws {RangeError} if the lengths differ, a score is not finite or a label not 0 or 1
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
 * Why an interval or a test by cluster is not possible; null with `CLUSTERS_OF_CLASS_MIN` clusters of both kinds.
 * Resampling a handful of cancers says nothing about others. `noun` is `exam`, `woman` or `case`.
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

/** Returns why metrics that need both classes are undefined, or null. */
export function missingClass({ positives, negatives }: ClassCounts): string | null {
  if (positives === 0 && negatives === 0) return "There are no samples.";
  if (positives === 0) return "There are no positive samples.";
  if (negatives === 0) return "There are no negative samples.";
  return null;
}
