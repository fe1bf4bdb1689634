import { tooFewClusters } from "../statistics/mod.ts";
import type { ReaderStudy } from "./read_study.ts";

/** Labels and cases of a study's rows, as statistics want them. */
export interface StudyTruth {
  readonly labels: Uint8Array;
  /** The case of each row. */
  readonly cases: Int32Array;
  /** Of the intervals, between 0 and 1. */
  readonly confidence: number;
  /** Why nothing can be tested on these cases; null where it can. */
  readonly few: string | null;
}

/**
 * @param study who rated what
 * @param confidence of the intervals, between 0 and 1
 * @returns the truth of its rows
 */
export function truthOf({ rows }: ReaderStudy, confidence: number): StudyTruth {
  const labels = Uint8Array.from(rows, ({ label }) => label);
  const cases = Int32Array.from(rows, ({ caseIndex }) => caseIndex);
  return { labels, cases, confidence, few: tooFewClusters(labels, cases, "case") };
}
