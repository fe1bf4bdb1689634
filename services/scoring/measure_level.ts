import type { LevelReport } from "../../shared/contracts/scores.ts";
import type { Sample } from "../../shared/domain/mod.ts";
import {
  type AreaName,
  auprc,
  auroc,
  averagePrecision,
  bootstrapAreas,
  type BootstrapIntervals,
  type BootstrapOptions,
  brier,
  clusteredDelong,
  delong,
  type Estimate,
  type Interval,
} from "./statistics/mod.ts";

export type { BootstrapOptions };

/** Confidence of DeLong's interval where no bootstrap was asked for. */
const DEFAULT_CONFIDENCE = 0.95;

/** One level, measured; its plots are not drawn yet. */
export interface MeasuredLevel {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly confidence: number;
  readonly report: Omit<LevelReport, "plots">;
}

/**
 * Measures one level.
 *
 * @param samples scores with their truth
 * @param bootstrap how to make intervals, or null for none
 */
export async function measureLevel(
  samples: readonly Sample[],
  bootstrap: BootstrapOptions | null,
): Promise<MeasuredLevel> {
  const scores = Float64Array.from(samples, ({ score }) => score);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  const clusters = Int32Array.from(samples, ({ examIndex }) => examIndex);
  const confidence = bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
  const byRow = bootstrap && await bootstrapAreas({ scores, labels, clusters: null }, bootstrap);
  const byExam = bootstrap && await bootstrapAreas({ scores, labels, clusters }, bootstrap);
  const area = (estimate: Estimate, name: AreaName): LevelReport["auprc"] => ({
    value: estimate.value,
    ci: limits(byRow?.[name]),
    ci_by_exam: limits(byExam?.[name]),
    undefined: estimate.undefined ?? byRow?.[name].undefined ?? byExam?.[name].undefined ?? null,
  });
  return {
    scores,
    labels,
    confidence,
    report: {
      count: samples.length,
      positives: labels.reduce((sum, label) => sum + label, 0),
      exams: new Set(clusters).size,
      auroc: {
        ...area(auroc(scores, labels), "auroc"),
        ci_delong: limits(delong(scores, labels, confidence).ci),
        ci_delong_by_exam: limits(clusteredDelong(scores, labels, clusters, confidence).ci),
      },
      auprc: area(auprc(scores, labels), "auprc"),
      average_precision: area(averagePrecision(scores, labels), "averagePrecision"),
      brier: brier(scores, labels),
      bootstrap: bootstrap && byRow && byExam && describe(bootstrap, byRow, byExam),
    },
  };
}

function limits(interval: Interval | undefined): [number, number] | null {
  return interval === undefined || interval.undefined !== null
    ? null
    : [interval.lower, interval.upper];
}

function describe(
  options: BootstrapOptions,
  byRow: BootstrapIntervals,
  byExam: BootstrapIntervals,
): LevelReport["bootstrap"] {
  const { method, stratified, replicates, seed, confidence } = options;
  return {
    method,
    quantile_type: "R-7",
    stratified,
    replicates,
    used: byRow.used,
    discarded: byRow.discarded,
    used_by_exam: byExam.used,
    discarded_by_exam: byExam.discarded,
    seed,
    confidence,
  };
}
