import { type HorizonReport, mapLevels } from "../../../shared/contracts/scores.ts";
import { applyTruthRule, type Exam, type Sample } from "../../../shared/domain/mod.ts";
import type { LevelSamples } from "../samples/align_levels.ts";
import { limitsOf } from "./difference_tests.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { auroc, clusteredDelong, delong } from "../statistics/mod.ts";

export interface RuledHorizon {
  /** Exams that the rule can label, with these labels. */
  readonly exams: readonly Exam[];
  readonly samples: LevelSamples;
  readonly counts: Omit<HorizonReport, "levels">;
  readonly row: HorizonReport;
}

/** Labels exams and samples by cancer within so many days, and measures the AUROC of each level. */
export function ruleHorizon(
  exams: readonly Exam[],
  days: number,
  relabel: (exams: readonly Exam[]) => LevelSamples,
): RuledHorizon {
  const ruled = applyTruthRule(exams, { within_days: days });
  const samples = relabel(ruled.exams);
  const counts = {
    within_days: days,
    positives: ruled.positives,
    negatives: ruled.negatives,
    left_out: ruled.leftOut,
  };
  const levels = {
    breast: samples.breast ?? [],
    image: samples.image ?? undefined,
    exam: samples.exam ?? undefined,
  };
  const row = { ...counts, levels: mapLevels(levels, measureHorizon) };
  return { exams: ruled.exams, samples, counts, row };
}

function measureHorizon(samples: readonly Sample[]): HorizonReport["levels"]["breast"] {
  const scores = Float64Array.from(samples, ({ score }) => score);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  const { clusters } = clustersOf(samples);
  const area = auroc(scores, labels);
  return {
    count: samples.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    auroc: {
      value: area.value,
      ci_delong: limitsOf(delong(scores, labels, 0.95).ci),
      ci_delong_by_exam: limitsOf(clusteredDelong(scores, labels, clusters, 0.95).ci),
      undefined: area.undefined,
    },
  };
}
