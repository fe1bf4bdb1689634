import type { ScoreReport, Subgroups } from "../../../shared/contracts/scores.ts";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { loadNamedExams, loadSamples, type SampleSource } from "../load_samples.ts";
import type { MeasureOptions } from "../measure_options.ts";
import { nameWomen } from "../sample_clusters.ts";
import { divideExams, type SubgroupChoice } from "./divide_exams.ts";
import { measureSubgroups } from "./measure_subgroups.ts";

/** What a score that is there already shall be divided by. */
export interface RegroupRequest extends SubgroupChoice {
  readonly report: ScoreReport;
  /** Digest of its dataset as it is now, from which the exams' keys are read; null where there is none. */
  readonly truth: string | null;
  readonly measure: MeasureOptions;
  /** Secret of the pseudonyms of women. */
  readonly patientKey: Uint8Array;
}

/** The subgroups, or every fault that is in the way. */
export type RegroupOutcome =
  | {
    readonly ok: true;
    readonly subgroups: readonly Subgroups[];
    readonly warnings: readonly Fault[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/**
 * Measures subgroups of a score that was made earlier, by other keys than then. Nothing is changed.
 *
 * @param request score, keys, side table, options
 * @param store where the score's samples and exams are
 */
export async function regroupScore(
  request: RegroupRequest,
  store: SampleSource,
): Promise<RegroupOutcome> {
  const { report } = request;
  const breast = await loadSamples(report, "breast", store);
  if (!breast.ok) return missing(breast.reason);
  const image = report.levels.image === undefined
    ? null
    : await loadSamples(report, "image", store);
  if (image !== null && !image.ok) return missing(image.reason);
  const samples = { breast: breast.samples, image: image?.samples ?? null };
  const exams = await loadNamedExams(report, samples.breast, store);
  const divided = await divideExams(exams, request);
  if (!divided.ok) return divided;
  return {
    ok: true,
    subgroups: await measureSubgroups(
      nameWomen(samples, divided.patients, request.patientKey),
      divided.groupings,
      request.measure,
    ),
    warnings: divided.warnings,
  };
}

function missing(message: string): RegroupOutcome {
  return { ok: false, errors: [faultOf({ code: "samples_missing", message })] };
}
