import type { WeightedLevel } from "../../../shared/contracts/design_estimates.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";
import { missingWeights, weightsOf } from "../samples/exam_weights.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { chooseThreshold, countAtThresholds, designOf, tooFewClusters } from "../statistics/mod.ts";
import {
  describeDesign,
  type DesignSample,
  designShare,
  judgeProbabilities,
  measureAreas,
  measureCalls,
} from "./design_measures.ts";
import type { MeasureOptions, WeightedExams } from "./measure_options.ts";
import { callsOf, operatingPointId } from "./operating_points.ts";

/** The exams, if all have a weight; else null. */
export function weightedExams(exams: readonly NamedExam[]): WeightedExams | null {
  const { weights } = weightsOf(exams);
  return weights === null || missingWeights(exams).length > 0
    ? null
    : new Map(exams.map((exam) => [exam.index, exam]));
}

/** Samples with the design by which their exams were drawn: women within strata. */
export function designSampleOf(
  samples: readonly Sample[],
  exams: WeightedExams,
  confidence: number,
): DesignSample {
  const { weights, strata } = weightsOf(samples.map(({ examIndex }) => exams.get(examIndex)!));
  const { clusters, unit } = clustersOf(samples);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  return {
    scores: Float64Array.from(samples, ({ score }) => score),
    labels,
    weighted: true,
    confidence,
    design: designOf(weights!, clusters, strata),
    few: tooFewClusters(labels, clusters, unit),
  };
}

/** Measures a level, at least one sample, with each sample counted by its exam's weight. */
export function measureWeighted(
  samples: readonly Sample[],
  exams: WeightedExams,
  options: Pick<MeasureOptions, "operatingPoints" | "tuned">,
  confidence: number,
): WeightedLevel {
  const sample = designSampleOf(samples, exams, confidence);
  const { scores, labels, design } = sample;
  const { partial_auc: _, auroc: { delong: __, ...auroc }, ...areas } = measureAreas(
    sample,
    [],
    false,
  );
  const counts = countAtThresholds(scores, labels, design.weights);
  return {
    design: describeDesign(sample),
    prevalence: designShare(labels, labels.map(() => 1), sample),
    auroc,
    ...areas,
    ...judgeProbabilities(sample),
    operating_points: options.operatingPoints.flatMap((choice) => {
      const name = operatingPointId(choice);
      if ("target" in choice) {
        const { called, undefined: reason, ...tuned } = callsOf(choice, samples, options, true);
        if (reason !== null) return [];
        const of = designSampleOf(called, exams, confidence);
        return [{ name, ...tuned, ...measureCalls(Uint8Array.from(of.scores), of) }];
      }
      const { value } = chooseThreshold(counts, choice);
      if (value === null) return [];
      const called = Uint8Array.from(scores, (score) => score >= value ? 1 : 0);
      return [{ name, threshold: value, ...measureCalls(called, sample) }];
    }),
  };
}
