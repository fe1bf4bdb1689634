import type { ScoreReport } from "../../shared/contracts/scores.ts";
import type { Exam, Fault } from "../../shared/domain/mod.ts";
import { alignLevels } from "./align_levels.ts";
import { sha256 } from "./content.ts";
import { makeReport, type ReportNames } from "./make_report.ts";
import type { MeasureOptions } from "./measure_options.ts";
import type { ScoreFile } from "./score_store.ts";
import { divideExams, type SubgroupChoice } from "./subgroups/divide_exams.ts";

/** What is to be scored. */
export interface ScoreRequest extends SubgroupChoice {
  readonly names: ReportNames;
  readonly exams: readonly Exam[];
  /** Content of the predictions file. */
  readonly predictions: Uint8Array;
  /** What was odd in the data list. */
  readonly warnings: readonly Fault[];
  readonly measure: MeasureOptions;
  /** Goes into the report as it is. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** A score with its files, or every fault that is in the way, and what has the faults. */
export type ScoreOutcome =
  | { readonly ok: true; readonly report: ScoreReport; readonly files: readonly ScoreFile[] }
  | {
    readonly ok: false;
    readonly of: "predictions" | "subgroups";
    readonly errors: readonly Fault[];
  };

/**
 * Scores predictions against the truth: joins them, aggregates images to breasts, divides the exams
 * into subgroups, measures and draws. The labels in the predictions file are not used.
 *
 * @param request truth, predictions, options
 * @returns the report with its plots and samples, or the faults
 */
export async function scorePredictions(request: ScoreRequest): Promise<ScoreOutcome> {
  const { exams, attributes } = request;
  const aligned = alignLevels(exams, request.predictions);
  if (!aligned.ok) return { ok: false, of: "predictions", errors: aligned.errors };
  const divided = divideExams(exams, request);
  if (!divided.ok) return { ok: false, of: "subgroups", errors: divided.errors };
  const made = await makeReport({
    names: request.names,
    samples: aligned.samples,
    groupings: divided.groupings,
    measure: request.measure,
    warnings: [...request.warnings, ...aligned.warnings, ...divided.warnings],
    provenance: {
      ...request.provenance,
      predictions_sha256: sha256(request.predictions),
      ...(attributes === null ? {} : { attributes_sha256: sha256(attributes) }),
      bootstrap: request.measure.bootstrap,
      operating_points: request.measure.operatingPoints,
      prevalence: request.measure.prevalence,
    },
  });
  return { ok: true, ...made };
}
