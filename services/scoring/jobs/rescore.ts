import {
  type Level,
  LEVELS,
  type ScoreReport,
  type Subgroups,
} from "../../../shared/contracts/scores.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import { type Fault, faultOf, type Sample } from "../../../shared/domain/mod.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import type { LevelSamples } from "../samples/align_levels.ts";
import { keptInputs, loadNamedExams, loadSamples } from "../samples/load_samples.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { nameWomen } from "../samples/sample_clusters.ts";
import type { ScoreFile } from "../store/score_store.ts";
import { readSent } from "../store/sent_file.ts";
import { type DividedExams, divideExams, type SubgroupChoice } from "../subgroups/divide_exams.ts";
import { measureSubgroups } from "../subgroups/measure_subgroups.ts";
import { hidePatientColumn } from "../subgroups/side_table.ts";
import { makeReport } from "./make_report.ts";
import { tuneMeasure, untunedPoints } from "./tune_points.ts";

/** Request to measure the samples of an existing score in another way. */
export interface RegroupRequest extends SubgroupChoice {
  readonly report: ScoreReport;
  /** Digest of the current dataset, for the exams' keys; null if there is none. */
  readonly truth: string | null;
  readonly measure: MeasureOptions;
  /** Reports of other scores that thresholds are chosen on. */
  readonly tuning: readonly ScoreReport[];
  /** Secret key for the pseudonyms of women. */
  readonly patientKey: Uint8Array;
}

/** The subgroups, or all errors. */
export type RegroupOutcome =
  | {
    readonly ok: true;
    readonly subgroups: readonly Subgroups[];
    readonly warnings: readonly Fault[];
  }
  | Refused;

/** Request for a new score of the samples of an existing one. */
export interface RescoreRequest extends RegroupRequest {
  /** Id of the new score. */
  readonly id: string;
  /** Content digest of the new score. */
  readonly content: string;
}

/** The new score with its files, or all errors. */
export type RescoreOutcome =
  | { readonly ok: true; readonly report: ScoreReport; readonly files: readonly ScoreFile[] }
  | Refused;

interface Refused {
  readonly ok: false;
  readonly errors: readonly Fault[];
}

/** Measures subgroups of an existing score by other keys. Changes nothing. */
export async function regroupScore(
  request: RegroupRequest,
  store: SampleSource,
): Promise<RegroupOutcome> {
  const loaded = await loadAgain(request, store);
  if (!loaded.ok) return loaded;
  const { samples, divided, measure } = loaded;
  return {
    ok: true,
    subgroups: await measureSubgroups(samples, divided.groupings, measure),
    warnings: divided.warnings,
  };
}

/** Makes a score of the samples of an existing one, with other operating points, prevalence or subgroups. */
export async function rescore(
  request: RescoreRequest,
  store: SampleSource,
): Promise<RescoreOutcome> {
  const { report, attributes } = request;
  const { dataset, model, experiment, evaluation } = report;
  const loaded = await loadAgain(request, store);
  if (!loaded.ok) return loaded;
  const { samples, divided, measure } = loaded;
  const untuned = untunedPoints(measure);
  if (untuned.length > 0) return { ok: false, errors: untuned };
  const { weights: _, attributes_sha256: __, ...provenance } = report.provenance;
  const made = await makeReport({
    names: { id: request.id, dataset, model, experiment, evaluation },
    samples,
    horizons: report.horizons ?? [],
    groupings: divided.groupings,
    measure,
    warnings: [...report.warnings, ...divided.warnings],
    provenance: {
      ...provenance,
      ...attributes === null ? {} : { attributes_sha256: attributes.sha256 },
      bootstrap: request.measure.bootstrap,
      operating_points: request.measure.operatingPoints,
      prevalence: request.measure.prevalence,
      rescored_from: report.id,
      content: request.content,
    },
  });
  const table = attributes === null ? null : new TextDecoder().decode(await readSent(attributes));
  const content = table === null ? null : hidePatientColumn(table, request.patientKey) ?? table;
  const files = [
    ...made.files,
    ...content === null ? [] : [{ name: "attributes.csv", content }],
    ...await keptInputs(report, store),
  ];
  return { ok: true, report: made.report, files };
}

/** The samples of a score, divided and with the measuring options completed. */
interface LoadedAgain {
  readonly ok: true;
  readonly samples: LevelSamples;
  readonly divided: Extract<DividedExams, { readonly ok: true }>;
  readonly measure: MeasureOptions;
}

async function loadAgain(
  request: RegroupRequest,
  store: SampleSource,
): Promise<LoadedAgain | Refused> {
  const { report } = request;
  const noBreasts = report.levels.breast.undefined ?? null;
  const loaded: Record<Level, readonly Sample[] | null> = { breast: null, image: null, exam: null };
  for (const level of LEVELS) {
    const { count = 0 } = report.levels[level] ?? {};
    if (count === 0) continue;
    const of = await loadSamples(report, level, store);
    if (!of.ok) {
      return { ok: false, errors: [faultOf({ code: "samples_missing", message: of.reason })] };
    }
    loaded[level] = of.samples;
  }
  const exams = await loadNamedExams(report, loaded.breast ?? loaded.exam ?? [], store);
  const divided = await divideExams(exams, request);
  if (!divided.ok) return divided;
  const samples = nameWomen({ ...loaded, noBreasts }, divided.patients, request.patientKey);
  const data = { samples, exams, truth: truthRuleOf(report), tuning: request.tuning };
  return { ok: true, samples, divided, measure: await tuneMeasure(request.measure, data, store) };
}
