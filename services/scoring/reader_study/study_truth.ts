import { clustersOf } from "../sample_clusters.ts";
import { tooFewClusters } from "../statistics/mod.ts";
import type { ReaderStudy } from "./read_study.ts";

/** Labels and cases of a study's rows, as statistics want them. */
export interface StudyTruth {
  readonly labels: Uint8Array;
  /** The cluster of each row: its case, or all cases of a woman. */
  readonly clusters: Int32Array;
  /** What a cluster is. */
  readonly unit: "woman" | "case";
  /** Of the intervals, between 0 and 1. */
  readonly confidence: number;
  /** Why nothing can be tested on these cases; null where it can. */
  readonly few: string | null;
}

/**
 * @param confidence of the intervals, between 0 and 1
 * @returns the truth of its rows
 */
export function truthOf({ rows }: ReaderStudy, confidence: number): StudyTruth {
  const labels = Uint8Array.from(rows, ({ label }) => label);
  const { clusters, unit: cluster } = clustersOf(
    rows.map(({ caseIndex, patient }) => ({ examIndex: caseIndex, patient })),
  );
  const unit = cluster === "woman" ? "woman" : "case";
  return { labels, clusters, unit, confidence, few: tooFewClusters(labels, clusters, unit) };
}
