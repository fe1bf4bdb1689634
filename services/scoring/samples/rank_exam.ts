import type { ExamScore } from "../../../shared/contracts/exam_scores.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { loadSamples, type SampleSource } from "./load_samples.ts";

export interface RankRequest {
  readonly report: ScoreReport;
  readonly exam: string;
}

/** The exam's breasts (none if the score lacks the exam), or why nothing is known. */
export type RankOutcome =
  | { readonly ok: true; readonly breasts: ExamScore["breasts"] }
  | { readonly ok: false; readonly reason: string };

/** Ranks the breasts of one exam among all others. */
export async function rankExam(
  { report, exam }: RankRequest,
  source: SampleSource,
): Promise<RankOutcome> {
  const loaded = await loadSamples(report, "breast", source);
  if (!loaded.ok) return loaded;
  const breasts = loaded.samples.filter((sample) => sample.exam === exam).map((sample) => ({
    laterality: sample.laterality,
    score: sample.score,
    malignant: sample.label === 1,
    rank_among_negatives: shareBelow(loaded.samples, 0, sample.score),
    rank_among_positives: shareBelow(loaded.samples, 1, sample.score),
  }));
  return { ok: true, breasts };
}

/** Share of a class with a lower score; equal scores count half. */
function shareBelow(
  samples: readonly Sample[],
  label: Sample["label"],
  score: number,
): number | null {
  let [count, below] = [0, 0];
  for (const sample of samples) {
    if (sample.label !== label) continue;
    count += 1;
    if (sample.score < score) below += 1;
    else if (sample.score === score) below += 0.5;
  }
  return count === 0 ? null : below / count;
}
