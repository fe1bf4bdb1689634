/**
 * Statistics of binary classifiers: pure functions of scores and labels, independent of exams.
 *
 * One classifier: `auroc`, `auprc`, `averagePrecision`, `brier`; `delong` and `clusteredDelong` for
 * normal intervals, `bootstrapAreas` for bootstrap ones; `operatingPoint` at a threshold;
 * `calibration` and `scoreHistogram` of the scores.
 *
 * Two classifiers on the same samples: `pairedDelong` and `pairedClusteredDelong` for the AUROC,
 * `bootstrapDifferences` for every metric, by sample or by cluster; `nonInferiority` with a margin,
 * `holm` for many pairs.
 *
 * `bootstrapAreas` and `bootstrapDifferences` take a {@linkcode RunReplicates} that may use
 * workers; the numbers do not depend on it.
 * @module
 */
export * from "./auprc.ts";
export * from "./auroc.ts";
export * from "./average_precision.ts";
export {
  type AreaName,
  AREAS,
  bootstrapAreas,
  type BootstrapIntervals,
  noIntervals,
} from "./bootstrap.ts";
export type { BootstrapOptions } from "./bootstrap_options.ts";
export * from "./brier.ts";
export { bootstrapChosen } from "./chosen_threshold.ts";
export { precisionInfluences } from "./influence.ts";
export * from "./kaplan_meier.ts";
export { chooseThreshold } from "./threshold_choice.ts";
export { type AgainstRaters, compareWithRaters } from "./against_raters.ts";
export * from "./calibration.ts";
export {
  clusteredDelong,
  pairedClusteredDelong,
  pairwiseClusteredDelong,
} from "./clustered_delong.ts";
export * from "./counts.ts";
export {
  type AurocComparison,
  type AurocInference,
  delong,
  NO_VARIATION,
  normalInterval,
  pairedDelong,
} from "./delong.ts";
export * from "./design.ts";
export * from "./estimate.ts";
export { fitLogistic, separation } from "./logistic.ts";
export * from "./partial_auc.ts";
export { placements } from "./placements.ts";
export { betaQuantile, incompleteBeta } from "./student.ts";
export * from "./histogram.ts";
export * from "./holm.ts";
export * from "./auroc.ts";
export * from "./non_inferiority.ts";
export * from "./normal.ts";
export * from "./operating_point.ts";
export {
  type BootstrapDifference,
  type BootstrapDifferences,
  bootstrapDifferences,
  type MetricName,
  METRICS,
} from "./paired_bootstrap.ts";
export type { PairedSample } from "./paired_replicates.ts";
export * from "./multinomial.ts";
export * from "./paired_shares.ts";
export * from "./precision_recall.ts";
export * from "./proportion.ts";
export * from "./quantile.ts";
export * from "./random.ts";
export type { BootstrapMethod } from "./replicate_intervals.ts";
export {
  type ReplicateColumns,
  replicateCost,
  type ReplicatePlan,
  replicateRange,
  type RunReplicates,
  runReplicatesHere,
} from "./replicates.ts";
export * from "./roc.ts";
export type { ChosenShare, ThresholdChoice } from "./threshold_choice.ts";
export { PREVALENCE_METRICS, THRESHOLD_METRICS } from "./threshold_metrics.ts";
export { tooFewClusters } from "./sample.ts";
export type { ClassCounts, ClusteredSample, Labels, Sample, Scores } from "./sample.ts";
