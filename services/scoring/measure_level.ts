import type { LevelReport } from "../../shared/contracts/scores.ts";
import type { Sample } from "../../shared/domain/mod.ts";
import {
  auprc,
  auroc,
  averagePrecision,
  bootstrapByCluster,
  bootstrapByRow,
  type BootstrapIntervals,
  type BootstrapOptions,
  brier,
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
export function measureLevel(
  samples: readonly Sample[],
  bootstrap: BootstrapOptions | null,
): MeasuredLevel {
  const scores = Float64Array.from(samples, ({ score }) => score);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  const clusters = Int32Array.from(samples, ({ examIndex }) => examIndex);
  const confidence = bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
  const byRow = bootstrap === null ? null : bootstrapByRow({ scores, labels }, bootstrap);
  const byExam = bootstrap === null
    ? null
    : bootstrapByCluster({ scores, labels, clusters }, bootstrap);
  const area = (
    estimate: Estimate,
    of: (intervals: BootstrapIntervals) => Interval,
  ): LevelReport["auprc"] =>
    areaOf(estimate, byRow === null ? null : of(byRow), byExam === null ? null : of(byExam));
  const { ci } = delong(scores, labels, confidence);
  return {
    scores,
    labels,
    confidence,
    report: {
      count: samples.length,
      positives: labels.reduce((sum, label) => sum + label, 0),
      exams: new Set(clusters).size,
      auroc: {
        ...area(auroc(scores, labels), (intervals) => intervals.auroc),
        ci_delong: limits(ci),
      },
      auprc: area(auprc(scores, labels), (intervals) => intervals.auprc),
      average_precision: area(
        averagePrecision(scores, labels),
        (intervals) => intervals.averagePrecision,
      ),
      brier: brier(scores, labels),
      bootstrap: byRow === null || byExam === null ? null : describe(byRow, byExam),
    },
  };
}

function areaOf(
  estimate: Estimate,
  byRow: Interval | null,
  byExam: Interval | null,
): LevelReport["auprc"] {
  return {
    value: estimate.value,
    ci: byRow === null ? null : limits(byRow),
    ci_by_exam: byExam === null ? null : limits(byExam),
    undefined: estimate.undefined ?? byRow?.undefined ?? byExam?.undefined ?? null,
  };
}

function limits(interval: Interval): [number, number] | null {
  return interval.undefined === null ? [interval.lower, interval.upper] : null;
}

function describe(byRow: BootstrapIntervals, byExam: BootstrapIntervals): LevelReport["bootstrap"] {
  return {
    method: byRow.method,
    quantile_type: byRow.quantileType,
    replicates: byRow.requested,
    used: byRow.used,
    discarded: byRow.discarded,
    used_by_exam: byExam.used,
    discarded_by_exam: byExam.discarded,
    seed: byRow.seed,
    confidence: byRow.confidence,
  };
}
