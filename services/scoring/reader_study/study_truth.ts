import { clustersOf } from "../samples/sample_clusters.ts";
import { tooFewClusters } from "../statistics/mod.ts";
import type { ReaderStudy } from "./read_study.ts";

/** Labels and clusters of a study's rows, for statistics. */
export interface StudyTruth {
  readonly labels: Uint8Array;
  /** The cluster of each row: its case, or all cases of a woman. */
  readonly clusters: Int32Array;
  /** What a cluster is. */
  readonly unit: "woman" | "case";
  /** Of the intervals, in (0, 1). */
  readonly confidence: number;
  /** Why these cases are too few for tests; null if they suffice. */
  readonly few: string | null;
}

export function truthOf({ rows }: ReaderStudy, confidence: number): StudyTruth {
  const labels = Uint8Array.from(rows, ({ label }) => label);
  const { clusters, unit: cluster } = clustersOf(
    rows.map(({ caseIndex, patient }) => ({ examIndex: caseIndex, patient })),
  );
  const unit = cluster === "woman" ? "woman" : "case";
  return { labels, clusters, unit, confidence, few: tooFewClusters(labels, clusters, unit) };
}
