import { type Fault, VIEWS } from "../../../shared/domain/mod.ts";
import { ELSEWHERE, groupStudies } from "./group_studies.ts";
import type { Findings, InspectedFile, PlannedImage, Study } from "./group_studies.ts";
import type { ImageKind } from "./image_kind.ts";
import type { LabelRow, LabelTable } from "./labels.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { scannerKeys } from "./scanner.ts";

export interface PlannedExam {
  readonly id: string;
  readonly label: LabelRow;
  readonly images: readonly PlannedImage[];
}

/** Exams and faults of a folder of DICOM files with its labels. */
export interface ExamPlan {
  readonly exams: readonly PlannedExam[];
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Codes of warnings that a labelled study lacks an image. */
const LACKS: ReadonlySet<string> = new Set(["view_missing", "label_without_study"]);
/** Shorter identifiers could be mistaken for ages and counts. */
const IDENTIFIER_CHARS_MIN = 5;

/**
 * Matches files with labels. The output contains no name, number or path from the files.
 * @param variant part of the images' names, so that a different conversion gives different names
 */
export function planExams(
  files: readonly InspectedFile[],
  labels: LabelTable,
  pseudonyms: Pseudonyms,
  variant: string,
  accept: readonly ImageKind[] = [],
): ExamPlan {
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  const doubtful: Fault[] = [];
  const rows = usableRows(labels, errors);
  const studies = groupStudies(files, {
    pseudonyms,
    variant,
    accept: new Set(accept),
    isLabelled: (study) => rows.has(labels.keyOf(study)),
  }, { errors, warnings, doubtful });
  const repeating = repeatingColumns(files, labels);
  const isKept = (name: string): boolean => labels.keep.has(name.toLowerCase());
  const dropped = new Set(repeating.filter((name) => !isKept(name)));
  const exams = matchStudies(studies, labels, rows, { errors, warnings }).map((exam) => ({
    ...exam,
    label: storableLabel(exam, dropped, pseudonyms),
  }));
  // A file that is unreadable before its study is known may be the image that an exam lacks.
  const lacks = warnings.some(({ code }) => LACKS.has(code));
  (lacks ? errors : warnings).push(...doubtful);
  const reason = "it repeats an id or date of the files; keep_columns keeps it";
  for (const one of [...labels.leftOut, ...[...dropped].map((name) => ({ name, reason }))]) {
    const message = `Column ${JSON.stringify(one.name)} of the labels is left out: ${one.reason}`;
    warnings.push({ ...ELSEWHERE, code: "labels_column_left_out", field: one.name, message });
  }
  for (const name of repeating.filter(isKept)) {
    const message = `Column ${JSON.stringify(name)} of the labels is kept, as keep_columns asks, ` +
      "although it repeats an id or date of the files";
    warnings.push({ ...ELSEWHERE, code: "labels_column_kept", field: name, message });
  }
  return { exams, errors, warnings };
}

/** Finds label columns, whatever their name, that repeat identifiers of the files. */
function repeatingColumns(files: readonly InspectedFile[], labels: LabelTable): string[] {
  const identifiers = new Set(
    files.flatMap(({ inspection }) => {
      if (!inspection.ok) return [];
      const { studyInstanceUid, accessionNumber, patientId, studyDate } = inspection.description;
      return [studyInstanceUid, accessionNumber, patientId, studyDate];
    }).filter(({ length }) => length >= IDENTIFIER_CHARS_MIN),
  );
  const names = labels.rows.flatMap(({ extras }) =>
    Object.entries(extras).filter(([, value]) => identifiers.has(String(value))).map(([name]) =>
      name
    )
  );
  return [...new Set(names)];
}

/** Removes identifying columns, replaces the patient id by a pseudonym, and records unusual image kinds. */
function storableLabel(
  { label: { patientId, ...label }, images }: PlannedExam,
  dropped: ReadonlySet<string>,
  pseudonyms: Pseudonyms,
): LabelRow {
  const kept = Object.entries(label.extras).filter(([name]) => !dropped.has(name));
  const woman: [string, string][] = patientId === null
    ? []
    : [["patient_id", pseudonyms.patient(patientId)]];
  const kinds = new Set(images.map(({ kind }) => kind));
  const kind: [string, string][] = images.every((image) => image.kind === null)
    ? []
    : [["image_kind", kinds.size === 1 ? images[0]!.kind! : "mixed"]];
  const scanner = scannerKeys(images.map((image) => image.scanner));
  const extras = { ...scanner, ...Object.fromEntries([...woman, ...kept, ...kind]) };
  return { ...label, patientId: null, extras };
}

/** Maps rows by key; faulty rows and repeated keys are errors. */
function usableRows(labels: LabelTable, errors: Fault[]): Map<string, LabelRow> {
  const rows = new Map<string, LabelRow>();
  for (const label of labels.rows) {
    const earlier = rows.get(label.key);
    for (const { field, reason } of label.faults) {
      const message = `Line ${label.row} of the labels, column ${field} ${reason}`;
      errors.push({ ...ELSEWHERE, row: label.row, field, code: "labels_invalid", message });
    }
    if (label.faults.length === 0 && earlier !== undefined) {
      const message =
        `Lines ${earlier.row} and ${label.row} of the labels have the same ${labels.keyName}: leave one`;
      errors.push({ ...ELSEWHERE, row: label.row, code: "labels_repeated", message });
    }
    if (label.key !== "" && earlier === undefined) rows.set(label.key, label);
  }
  return rows;
}

function matchStudies(
  studies: readonly Study[],
  labels: LabelTable,
  rows: ReadonlyMap<string, LabelRow>,
  { errors, warnings }: Pick<Findings, "errors" | "warnings">,
): PlannedExam[] {
  const exams: PlannedExam[] = [];
  const used = new Map<string, string>();
  const unlabelled = new Set<string>();
  const nobody = sharedPatientIds(studies);
  if (nobody.size > 0) warnings.push({ ...ELSEWHERE, code: "patient_id_shared", message: SHARED });
  for (const { id, description, images } of studies) {
    const key = labels.keyOf(description);
    const label = rows.get(key);
    if (label === undefined) {
      const message = `Exam ${id} is left out: no line of the labels has its ${labels.keyName}`;
      warnings.push({ ...ELSEWHERE, exam: id, code: "study_without_label", message });
      unlabelled.add(withoutZeros(key));
      continue;
    }
    const other = used.get(key);
    if (other !== undefined) {
      const message = `Line ${label.row} of the labels means exam ${other} and exam ${id}: ` +
        "use StudyInstanceUID as key";
      errors.push({ ...ELSEWHERE, exam: id, row: label.row, code: "labels_ambiguous", message });
      continue;
    }
    used.set(key, id);
    const ofFiles = nobody.has(description.patientId) ? "" : description.patientId;
    const patientId = label.patientId ?? (ofFiles || null);
    exams.push({ id, label: { ...label, patientId }, images });
    warnings.push(...missingViews(id, label.row, images));
  }
  for (const [key, { row }] of rows) {
    if (used.has(key)) continue;
    const message =
      `Line ${row} of the labels is left out: no mammogram has its ${labels.keyName}` +
      (unlabelled.has(withoutZeros(key))
        ? ". One differs by zeros in front, which spreadsheets drop: format the column as text"
        : "");
    warnings.push({ ...ELSEWHERE, row, code: "label_without_study", message });
  }
  return exams.sort((a, b) => a.label.row - b.label.row);
}

/** More exams than a woman has in a lifetime of screening. */
const STUDIES_OF_A_WOMAN_MAX = 50;
const SHARED = "Too many studies have the same PatientID for one woman: exams with it count as " +
  "exams of different women; give their ids in a column patient_id of the labels";

/** Finds ids that an export has written into the studies of many women. */
function sharedPatientIds(studies: readonly Study[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { description: { patientId } } of studies) {
    if (patientId !== "") counts.set(patientId, (counts.get(patientId) ?? 0) + 1);
  }
  const most = counts.size === 1 ? 1 : STUDIES_OF_A_WOMAN_MAX;
  return new Set([...counts].filter(([, count]) => count > most).map(([id]) => id));
}

function withoutZeros(key: string): string {
  return key.replace(/^0+/, "");
}

function missingViews(exam: string, row: number, images: readonly PlannedImage[]): Fault[] {
  return VIEWS.filter((view) => !images.some((image) => image.view === view)).map((view) => ({
    ...ELSEWHERE,
    exam,
    view,
    code: "view_missing",
    row,
    message: `Exam ${exam} (line ${row} of the labels) has no ${view}`,
  }));
}
