/**
 * Statistics of binary classifiers: pure functions of scores and labels that know nothing of exams.
 *
 * @module
 */
export * from "./auprc.ts";
export * from "./auroc.ts";
export * from "./average_precision.ts";
export {
  bootstrapByCluster,
  bootstrapByRow,
  type BootstrapIntervals,
  type BootstrapOptions,
  bootstrapStratified,
  type ClusteredSample,
  type Resampling,
} from "./bootstrap.ts";
export * from "./brier.ts";
export * from "./counts.ts";
export {
  type AurocComparison,
  type AurocInference,
  delong,
  delongVariance,
  pairedDelong,
} from "./delong.ts";
export * from "./estimate.ts";
export * from "./normal.ts";
export * from "./precision_recall.ts";
export * from "./quantile.ts";
export * from "./random.ts";
export * from "./roc.ts";
export type { ClassCounts, Labels, Sample, Scores } from "./sample.ts";
