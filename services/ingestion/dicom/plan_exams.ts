import { type Fault, type View, VIEWS } from "../../../shared/domain/mod.ts";
import type { Inspection } from "./dicom_converter.ts";
import { type ImageDescription, SKIP_REASONS, type SkipCode } from "./describe_image.ts";
import type { LabelRow, LabelTable } from "./labels.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** A file, looked at. */
export interface InspectedFile {
  /** Absolute path. */
  readonly path: string;
  /** Its place in the list of files, from 1. */
  readonly place: number;
  readonly inspection: Inspection;
}

/** An image that will be converted. */
export interface PlannedImage {
  /** Name of its PNG without ending: pseudonym of the exam, view, content. */
  readonly name: string;
  readonly view: View;
  readonly path: string;
  readonly place: number;
  /** Edge of the chest wall according to the header. */
  readonly chestWall: ImageDescription["chestWall"];
}

/** An exam with its truth. */
export interface PlannedExam {
  readonly id: string;
  readonly label: LabelRow;
  readonly images: readonly PlannedImage[];
}

/** What becomes of a folder of DICOM files and its labels. */
export interface ExamPlan {
  readonly exams: readonly PlannedExam[];
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** One study with its usable images. */
interface Study {
  readonly id: string;
  readonly description: ImageDescription;
  readonly images: PlannedImage[];
}

const ELSEWHERE = { exam: null, view: null, image: null } as const;
/** Identifiers that are shorter would be taken for ages and counts. */
const IDENTIFIER_CHARS_MIN = 5;
/** Skips that are told as one number: such files are in every folder and nobody misses them. */
const COUNTED: readonly SkipCode[] = ["dicom_not_mammogram"];

/**
 * Puts files and labels together: which studies become exams, which files become their images, and
 * what is said of everything else. No name, number or path of the files comes out of it.
 *
 * @param files all files of the folder, looked at
 * @param labels the labels
 * @param pseudonyms names studies and images
 * @param variant goes into the images' names: another way to convert makes other names
 */
export function planExams(
  files: readonly InspectedFile[],
  labels: LabelTable,
  pseudonyms: Pseudonyms,
  variant: string,
): ExamPlan {
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  const studies = groupStudies(files, pseudonyms, variant, { errors, warnings });
  const rows = usableRows(labels, errors);
  const repeating = repeatingColumns(files, labels);
  const isKept = (name: string): boolean => labels.keep.has(name.toLowerCase());
  const dropped = new Set(repeating.filter((name) => !isKept(name)));
  const exams = matchStudies(studies, labels, rows, { errors, warnings }).map((exam) => ({
    ...exam,
    label: storableLabel(exam.label, dropped, pseudonyms),
  }));
  const reason = "it repeats an id or date of the files; keep_columns keeps it";
  for (const one of [...labels.leftOut, ...[...dropped].map((name) => ({ name, reason }))]) {
    const message = `Column ${JSON.stringify(one.name)} of the labels is left out: ${one.reason}`;
    warnings.push({ ...ELSEWHERE, code: "labels_column_left_out", field: one.name, message });
  }
  for (const name of repeating.filter(isKept)) {
    const message = `Column ${JSON.stringify(name)} of the labels is kept, as keep_columns asks, ` +
      "though it repeats an id or date of the files";
    warnings.push({ ...ELSEWHERE, code: "labels_column_kept", field: name, message });
  }
  return { exams, errors, warnings };
}

/** Columns of the labels, whatever they are called, that repeat what identifies in the files. */
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

/** A label without columns that identify; the woman's id becomes a pseudonym. */
function storableLabel(
  { patientId, ...label }: LabelRow,
  dropped: ReadonlySet<string>,
  pseudonyms: Pseudonyms,
): LabelRow {
  const kept = Object.entries(label.extras).filter(([name]) => !dropped.has(name));
  const woman: [string, string][] = patientId === null
    ? []
    : [["patient_id", pseudonyms.patient(patientId)]];
  return { ...label, patientId: null, extras: Object.fromEntries([...woman, ...kept]) };
}

interface Findings {
  readonly errors: Fault[];
  readonly warnings: Fault[];
}

function groupStudies(
  files: readonly InspectedFile[],
  pseudonyms: Pseudonyms,
  variant: string,
  findings: Findings,
): Study[] {
  const studies = new Map<string, Study>();
  const instances = new Set<string>();
  const counts = new Map<string, number>();
  for (const file of files) {
    const { inspection, place } = file;
    if (!inspection.ok) {
      if (inspection.code === "dicom_not_dicom") count(counts, inspection.code);
      else findings.errors.push(refusedFile(place, inspection.code, inspection.message));
      continue;
    }
    const { description } = inspection;
    const id = pseudonyms.exam(description.studyInstanceUid);
    if ("skip" in description.verdict) {
      const { skip } = description.verdict;
      if (COUNTED.includes(skip)) count(counts, skip);
      else findings.warnings.push(skippedFile(id, place, skip, SKIP_REASONS[skip]));
      continue;
    }
    if (description.studyInstanceUid === "" || description.sopInstanceUid === "") {
      const message = "has no StudyInstanceUID or no SOPInstanceUID: export it again";
      findings.errors.push(refusedFile(place, "dicom_unreadable", message));
      continue;
    }
    if (instances.has(description.sopInstanceUid)) {
      findings.warnings.push(skippedFile(id, place, "dicom_duplicate", "it is there twice"));
      continue;
    }
    instances.add(description.sopInstanceUid);
    const study = studies.get(id) ?? { id, description, images: [] };
    studies.set(id, study);
    study.images.push(planImage(id, description.verdict.view, file, inspection, {
      pseudonyms,
      variant,
    }));
  }
  findings.warnings.push(...countedSkips(counts));
  return [...studies.values()];
}

function planImage(
  id: string,
  view: View,
  { path, place }: InspectedFile,
  { description, fingerprint }: Extract<Inspection, { ok: true }>,
  { pseudonyms, variant }: { pseudonyms: Pseudonyms; variant: string },
): PlannedImage {
  const content = pseudonyms.image(`${variant} ${description.sopInstanceUid} ${fingerprint}`);
  return {
    name: `${id}_${view.replace("-", "_")}_${content}`,
    view,
    path,
    place,
    chestWall: description.chestWall,
  };
}

function count(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

function countedSkips(counts: ReadonlyMap<string, number>): Fault[] {
  const reasons: Readonly<Record<string, string>> = {
    dicom_not_dicom: "no DICOM",
    dicom_not_mammogram: "no mammograms",
  };
  return [...counts].map(([code, number]) => ({
    ...ELSEWHERE,
    code,
    message: `Files that are ${reasons[code]}, left out: ${number}`,
  }));
}

/**
 * Says which file something is said of, without its name.
 *
 * @param place of the file, from 1
 */
export function fileAt(place: number): string {
  return `File ${place} (of find . -type f | LC_ALL=C sort)`;
}

function refusedFile(place: number, code: string, message: string): Fault {
  return { ...ELSEWHERE, row: place, code, message: `${fileAt(place)} ${message}` };
}

function skippedFile(exam: string, place: number, code: string, reason: string): Fault {
  const message = `${fileAt(place)} of exam ${exam} is left out: ${reason}`;
  return { ...ELSEWHERE, exam, row: place, code, message };
}

/** Rows by key; rows with a fault and rows that say the same are errors. */
function usableRows(labels: LabelTable, errors: Fault[]): Map<string, LabelRow> {
  const rows = new Map<string, LabelRow>();
  for (const label of labels.rows) {
    const earlier = rows.get(label.key);
    for (const { field, reason } of label.faults) {
      const message = `Line ${label.row} of the labels, column ${field} ${reason}`;
      errors.push({ ...ELSEWHERE, row: label.row, field, code: "labels_invalid", message });
    }
    if (label.faults.length === 0 && earlier !== undefined) {
      const message = `Lines ${earlier.row} and ${label.row} of the labels have the same ` +
        `${labels.keyName}: leave one`;
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
  { errors, warnings }: Findings,
): PlannedExam[] {
  const exams: PlannedExam[] = [];
  const used = new Map<string, string>();
  const unlabelled = new Set<string>();
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
    const patientId = label.patientId ?? (description.patientId || null);
    exams.push({ id, label: { ...label, patientId }, images });
    warnings.push(...missingViews(id, images));
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

function withoutZeros(key: string): string {
  return key.replace(/^0+/, "");
}

function missingViews(exam: string, images: readonly PlannedImage[]): Fault[] {
  return VIEWS.filter((view) => !images.some((image) => image.view === view)).map((view) => ({
    ...ELSEWHERE,
    exam,
    view,
    code: "view_missing",
    message: `Exam ${exam} has no ${view}`,
  }));
}
