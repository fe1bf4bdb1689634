import type { ReaderScale, ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { patientPseudonym, patientText, writeTable } from "../../../shared/format/mod.ts";
import type { Cell } from "../../../shared/format/mod.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import { renderPng, renderSvg } from "../report/mod.ts";
import type { ScoreFile } from "../store/score_store.ts";
import { readSent, type SentFile } from "../store/sent_file.ts";
import { measureStudy } from "./measure_study.ts";
import { scaleFaults } from "./reader_scale.ts";
import { patientColumn, type ReaderStudy, readStudy } from "./read_study.ts";
import { studyChart } from "./study_chart.ts";
import { readStudyTable, type StudyTable } from "./study_table.ts";
import { truthOf } from "./study_truth.ts";

/** Confidence of intervals if no bootstrap was requested. */
const DEFAULT_CONFIDENCE = 0.95;

export interface StudyRequest {
  readonly id: string;
  readonly name: string | null;
  readonly results: SentFile;
  /** Its extension determines the format. */
  readonly fileName: string;
  readonly measure: MeasureOptions;
  /** Recall threshold of readers, in their units; null if unknown. */
  readonly readerThreshold: number | null;
  /** Scale of all readers; null: detected for each. */
  readonly readerScale: ReaderScale | null;
  /** Secret key for the pseudonyms of women. */
  readonly patientKey: Uint8Array;
  /** Copied into the report. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

export type StudyOutcome =
  | {
    readonly ok: true;
    readonly report: ReaderStudyReport;
    readonly files: readonly ScoreFile[];
    /** Replacement for uploaded results that name women; otherwise null. */
    readonly results: ScoreFile | null;
  }
  | { readonly ok: false; readonly errors: readonly Fault[] }
  | { readonly ok: false; readonly unreadable: string };

/** `unreadable` if the file name does not tell the format or the file cannot be read. */
export async function scoreStudy(request: StudyRequest): Promise<StudyOutcome> {
  const table = readTable(await readSent(request.results), request.fileName);
  if (typeof table === "string") return { ok: false, unreadable: table };
  const reading = readStudy(table);
  if (!reading.ok) return reading;
  const { study } = reading;
  const { id, name, measure, readerThreshold: threshold, readerScale } = request;
  const errors = scaleFaults(study.readers, readerScale);
  if (errors.length > 0) return { ok: false, errors };
  const measured = await measureStudy(study, measure, readerScale);
  const chart = studyChart(
    study,
    truthOf(study, measure.bootstrap?.confidence ?? DEFAULT_CONFIDENCE),
    measured.models,
    [name, `${measured.cases} cases, ${measured.positives} malignant of ${measured.rows} rows`]
      .filter((part) => part !== null).join(" · "),
    threshold,
  );
  const report: ReaderStudyReport = {
    id,
    name,
    ...measured,
    reader_threshold: threshold,
    plots: {
      roc: `/v1/reader-studies/${id}/roc.png`,
      roc_svg: `/v1/reader-studies/${id}/roc.svg`,
    },
    warnings: warningsOf(study).slice(0, FAULTS_LISTED_MAX),
    provenance: { ...request.provenance, bootstrap: measure.bootstrap },
    created_at: new Date().toISOString(),
  };
  const files = [
    { name: "roc.png", content: await renderPng(chart) },
    { name: "roc.svg", content: renderSvg(chart) },
  ];
  return { ok: true, report, files, results: withPseudonyms(table, request.patientKey) };
}

/** Replaces women's IDs in the results by pseudonyms; null if there are none. */
function withPseudonyms(table: StudyTable, key: Uint8Array): ScoreFile | null {
  const column = patientColumn(table);
  if (column < 0) return null;
  const rows = table.rows.map((cells) =>
    cells.map((cell, at): Cell => {
      if (at !== column) return typeof cell === "object" && cell !== null ? null : cell;
      const id = patientText(cell);
      return typeof id === "string" ? patientPseudonym(key, id) : null;
    })
  );
  return { name: "results.csv", content: writeTable(table.columns, rows) };
}

/** The table, or why it cannot be read. */
function readTable(results: Uint8Array, fileName: string): StudyTable | string {
  try {
    return readStudyTable(results, fileName);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return error.message;
    throw error;
  }
}

function warningsOf({ ignored }: ReaderStudy): Fault[] {
  return ignored.map((column) =>
    faultOf({
      field: column,
      code: "column_ignored",
      message: `Column ${column} is neither case_ID, side, label, Reader<NN>_POM nor ` +
        "AI_<name>_POM; it is ignored",
    })
  );
}
