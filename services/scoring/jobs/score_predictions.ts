import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  completeExams,
  type Exam,
  type Fault,
  haveOutcomes,
  NO_OUTCOMES,
  type View,
} from "../../../shared/domain/mod.ts";
import {
  type DataList,
  type DataListFormat,
  type ExamTableName,
  type ExamTables,
  hidePatients,
  readDataList,
  tableText,
  writeExams,
} from "../../../shared/format/mod.ts";
import { alignLevels } from "../samples/align_levels.ts";
import { examNamesOf } from "../samples/exam_names.ts";
import { ruleHorizon } from "../measures/horizons.ts";
import { makeReport, type ReportNames } from "./make_report.ts";
import { missingWeights } from "../samples/exam_weights.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { tuneMeasure, untunedPoints } from "./tune_points.ts";
import type { ScoreFile, StoredFile } from "../store/score_store.ts";
import { readSent, type SentFile } from "../store/sent_file.ts";
import { nameWomen } from "../samples/sample_clusters.ts";
import { divideExams, type SubgroupChoice } from "../subgroups/divide_exams.ts";
import { hidePatientColumn } from "../subgroups/side_table.ts";

export interface TruthSource {
  /** A data list: an uploaded one, or a dataset's immutable one. */
  readonly file: SentFile | StoredFile;
  readonly format: DataListFormat;
  /** Uploaded tables of reads and outcomes, to join with the list. */
  readonly tables?: { readonly [Name in ExamTableName]?: SentFile };
  /** Whether it was just uploaded; a dataset's list was checked at registration. */
  readonly uploaded: boolean;
  /** Views without which an exam was not scored. */
  readonly requiredViews: readonly View[];
  /** Horizons of the truth rule in days, the first labels the report; empty: the list's labels. */
  readonly horizons: readonly number[];
}

/** A scoring request; can be sent to another thread. */
export interface ScoreRequest extends SubgroupChoice {
  readonly names: ReportNames;
  readonly truth: TruthSource;
  readonly predictions: SentFile;
  readonly measure: MeasureOptions;
  /** Reports of other scores that thresholds are chosen on. */
  readonly tuning: readonly ScoreReport[];
  /** Secret key for the pseudonyms of women. */
  readonly patientKey: Uint8Array;
  /** Copied into the report. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** The part of a request that has errors. */
export type ScoredPart = "data_list" | "predictions" | "subgroups" | "truth" | "operating_points";

/** A score with its files, or all errors and the part that has them. */
export type ScoreOutcome =
  | { readonly ok: true; readonly report: ScoreReport; readonly files: readonly ScoreFile[] }
  | { readonly ok: false; readonly of: ScoredPart; readonly errors: readonly Fault[] }
  | { readonly ok: false; readonly of: "data_list"; readonly unreadable: string };

type ReadTruth =
  | {
    readonly ok: true;
    readonly exams: readonly Exam[];
    readonly warnings: readonly Fault[];
    /** Replacement for an uploaded list that names women, or that tables were joined with. */
    readonly files: readonly ScoreFile[];
  }
  | Extract<ScoreOutcome, { readonly ok: false }>;

/**
 * Scores predictions against the truth; ignores the labels in the predictions file.
 * @returns the report with its plots and samples, or the errors
 */
export async function scorePredictions(
  request: ScoreRequest,
  store: SampleSource,
): Promise<ScoreOutcome> {
  const { attributes, patientKey } = request;
  const truth = await readTruth(request.truth, patientKey);
  if (!truth.ok) return truth;
  const exams = completeExams(truth.exams, request.truth.requiredViews);
  const aligned = alignLevels(exams, await readSent(request.predictions));
  if (!aligned.ok) {
    // Ids of the list that could not be used explain why rows with ids match no exam.
    const unused = truth.warnings.filter(({ code }) => code === "exam_id_unused");
    return { ok: false, of: "predictions", errors: [...unused, ...aligned.errors] };
  }
  const { horizons } = request.truth;
  if (horizons.length > 0 && !haveOutcomes(exams)) {
    return { ok: false, of: "truth", errors: [NO_OUTCOMES] };
  }
  const rows = horizons.map((days) => ruleHorizon(exams, days, aligned.relabel));
  const divided = await divideExams(rows[0]?.exams ?? exams, request);
  if (!divided.ok) return { ok: false, of: "subgroups", errors: divided.errors };
  const samples = nameWomen(rows[0]?.samples ?? aligned.samples, divided.patients, patientKey);
  const ruled = { samples, exams: rows[0]?.exams ?? exams, truth: rows[0]?.counts ?? null };
  const measure = await tuneMeasure(request.measure, { ...ruled, tuning: request.tuning }, store);
  const untuned = request.names.evaluation === null ? untunedPoints(measure) : [];
  if (untuned.length > 0) return { ok: false, of: "operating_points", errors: untuned };
  const made = await makeReport({
    names: request.names,
    samples,
    horizons: rows.map(({ row }) => row),
    groupings: divided.groupings,
    measure,
    warnings: [
      ...truth.warnings,
      ...lackingWeights(exams, request.truth),
      ...aligned.warnings,
      ...divided.warnings,
    ],
    provenance: {
      ...request.provenance,
      exams_called_by: examNamesOf(truth.exams),
      ...(rows.length > 0 ? { truth: rows[0]!.counts } : {}),
      ...(truth.exams.some(({ extras }) => Array.isArray(extras["reads"])) ? { reads: true } : {}),
      predictions_sha256: request.predictions.sha256,
      ...(attributes === null ? {} : { attributes_sha256: attributes.sha256 }),
      bootstrap: request.measure.bootstrap,
      operating_points: request.measure.operatingPoints,
      prevalence: request.measure.prevalence,
    },
  });
  const hidden = attributes === null
    ? null
    : hidePatientColumn(new TextDecoder().decode(await readSent(attributes)), patientKey);
  const files = [
    ...made.files,
    ...truth.files,
    ...(hidden === null ? [] : [{ name: "attributes.csv", content: hidden }]),
  ];
  return { ok: true, report: made.report, files };
}

/** A registered dataset's list was checked before; its scores still say why nothing is weighted. */
function lackingWeights(exams: readonly Exam[], { uploaded }: TruthSource): Fault[] {
  return uploaded ? [] : missingWeights(exams).slice(0, 1);
}

/** A registered dataset's record already has the warnings of its list. */
async function readTruth(
  { file, format, uploaded, tables = {} }: TruthSource,
  patientKey: Uint8Array,
): Promise<ReadTruth> {
  const content = "sha256" in file ? await readSent(file) : await Deno.readFile(file.path);
  const texts = await Promise.all(
    Object.entries(tables).map(async ([name, sent]) =>
      [name, tableText(await readSent(sent), name)] as const
    ),
  );
  const joined: ExamTables = Object.fromEntries(texts);
  const readExams = (): DataList =>
    readDataList(content, format, { entries: false, tables: joined, consume: true });
  if (!uploaded) return { ok: true, exams: readExams().exams, warnings: [], files: [] };
  let hidden: ReturnType<typeof hidePatients>;
  try {
    hidden = hidePatients(readExams(), patientKey);
  } catch (error) {
    const unreadable = error instanceof Error ? error.message : String(error);
    return { ok: false, of: "data_list", unreadable };
  }
  const { list: { exams, errors, warnings }, patients } = hidden;
  if (errors.length > 0) return { ok: false, of: "data_list", errors };
  const isStored = patients || texts.length > 0;
  const files = isStored ? [{ name: "data_list.json", content: writeExams(exams) }] : [];
  return { ok: true, exams, warnings, files };
}
