import {
  type Exam,
  EXAM_LABEL_CONTRADICTION,
  examLabel,
  type Fault,
  faultOf,
  type JsonValue,
  LATERALITIES,
  MALIGNANT_WITHOUT_IMAGE,
  measuredBreasts,
  type View,
  VIEWS,
} from "../../domain/mod.ts";
import { EXAMS_TOLD_MAX } from "../../limits.ts";
import { FaultCollector, told } from "../faults.ts";
import { toJsonValue } from "../json_value.ts";
import { isSeries, type PickleValue, readSeries } from "../pickle/mod.ts";
import type { DataList, DataListEntry } from "./data_list.ts";
import type { RawEntries } from "./entries.ts";
import { ExamFaults } from "./exam_faults.ts";
import { examIds } from "./exam_ids.ts";
import { EXAM_LABEL, LABEL_KEY, readLabels } from "./exam_labels.ts";
import { settleExamDates, settleOutcomes } from "./exam_outcomes.ts";
import { PATIENT_KEY, settlePatient } from "./exam_patients.ts";
import { readViews } from "./exam_views.ts";
import { checkRepeatedImages, type NamedImages } from "./repeated_images.ts";

/** Key that says whether the images of an exam are mirrored. */
export const FLIP_KEY = "horizontal_flip";
const OWN_LABELS: readonly PickleValue[] = ["left_malignant", "right_malignant"];

const NO_ENTRY: DataListEntry = new Map();
const SOMEBODYS_ENTRY: DataListEntry = new Map([[PATIENT_KEY, null]]);

/** An exam, as far as readable. */
interface ReadExam {
  readonly exam: NamedImages | Exam;
  readonly entry: DataListEntry;
  readonly failed: boolean;
}

/** Converts entries to exams, with every fault. Sets each value to null after use, to save memory. */
export function readExams(raw: RawEntries, keepEntries = true): DataList {
  const faults = new FaultCollector();
  if (raw.values.length === 0 && !raw.errors?.length) {
    faults.error({ code: "data_list_empty", message: "The data list has no exams" });
  }
  for (const fault of raw.errors ?? []) faults.error(fault);
  for (const fault of raw.warnings ?? []) faults.warning(fault);
  const ids = examIds(raw.values, faults);
  warnOfDates(settleExamDates(raw.values), faults);
  const read = raw.values.map((value, index): ReadExam => {
    const examFaults = new ExamFaults(faults, ids[index]!, raw.rows[index]!);
    const labelsTold = raw.labelsTold?.has(index) ?? false;
    const one = readExam(value, { index, id: ids[index]! }, examFaults, labelsTold);
    (raw.values as PickleValue[])[index] = null;
    if (keepEntries) return one;
    return { ...one, entry: one.entry.has(PATIENT_KEY) ? SOMEBODYS_ENTRY : NO_ENTRY };
  });
  warnOfGaps(read, faults);
  warnOfUnseenCancers(read, faults);
  warnOfContradictions(read, faults);
  const contradictory = checkRepeatedImages(read.map(({ exam }) => exam), raw.rows, faults);
  const isFaulty = ({ exam, failed }: ReadExam): boolean => failed || contradictory.has(exam.index);
  return {
    exams: read.filter((one) => !isFaulty(one)).map(({ exam }) => exam as Exam),
    faultyExams: read.filter(isFaulty).map(({ exam: { index, id, images } }) => ({
      index,
      id,
      images,
    })),
    entries: keepEntries ? read.map(({ entry }) => entry) : [],
    errors: faults.errors,
    warnings: withoutImages(read, faults),
  };
}

/** Warns of cancers that no model can find; put first so that it is among the listed warnings. */
function warnOfUnseenCancers(read: readonly ReadExam[], faults: FaultCollector): void {
  const unseen = read.flatMap(({ exam }) =>
    "malignant" in exam
      ? LATERALITIES.filter((side) =>
        exam.malignant?.[side] === 1 && !measuredBreasts(exam).includes(side)
      ).map((side) => `the ${side} breast of exam ${told(exam.id)}`)
      : []
  );
  if (unseen.length === 0) return;
  const message =
    `${unseen.length} breasts with cancer have no image while the other breast of the exam has: no model sees them, and ` +
    "they count for nothing but for the truth of their exams. " +
    `Among them: ${
      unseen.slice(0, EXAMS_TOLD_MAX).join(", ")
    }. Check whether labels or views are mixed up`;
  faults.warnings.unshift(faultOf({ code: MALIGNANT_WITHOUT_IMAGE, message, field: LABEL_KEY }));
}

/** What contradicts the labels of an exam's breasts, which take precedence. */
const CONTRADICTIONS: readonly (readonly [field: string, contradicts: (exam: Exam) => boolean])[] =
  [
    [`${LABEL_KEY}.${EXAM_LABEL}`, (exam) => {
      const written = exam.extras[`${LABEL_KEY}.${EXAM_LABEL}`];
      return (typeof written === "number" || typeof written === "boolean") &&
        Number(written) === 1 - examLabel(exam);
    }],
    ["detection", (exam) => {
      const found = exam.extras["detection"];
      if (found === "screen") return examLabel(exam) === 0;
      if (found === null || typeof found !== "object") return false;
      const sides = found as Readonly<Record<string, unknown>>;
      return LATERALITIES.some((side) => sides[side] === "screen" && exam.malignant[side] === 0);
    }],
  ];

function warnOfContradictions(read: readonly ReadExam[], faults: FaultCollector): void {
  for (const [field, contradicts] of CONTRADICTIONS) {
    const contradictory = read.filter(({ exam }) => "extras" in exam && contradicts(exam));
    if (contradictory.length === 0) continue;
    const examples = contradictory.slice(0, EXAMS_TOLD_MAX).map(({ exam }) => told(exam.id));
    const message =
      `${field} of ${contradictory.length} exams contradicts the labels of their breasts, which count. ` +
      `Among them: ${examples.join(", ")}. Correct one of the two`;
    faults.warnings.unshift(faultOf({ code: EXAM_LABEL_CONTRADICTION, message, field }));
  }
}

/** When no exam has images, reports that once. */
function withoutImages(read: readonly ReadExam[], { warnings }: FaultCollector): readonly Fault[] {
  const named = read.some(({ exam }) => VIEWS.some((view) => exam.images[view].length > 0));
  if (named || read.length < 2) return warnings;
  const message =
    "No exam of the list has images: existing scores of breasts can be measured, but no model can be run";
  const others = warnings.filter(({ code }) => code !== "exam_without_images");
  return [...others, faultOf({ code: "exam_without_images", message })];
}

/** Keys that a list should give for all exams or for none, and what a gap means. */
const WHOLE_KEYS = [
  [PATIENT_KEY, "patient_id_missing", "each of these counts as the only exam of a woman"],
  ["weight", "weight_missing", "no measure can be weighted; give every exam its weight"],
  ["stratum", "stratum_missing", "these form a stratum of their own; name the stratum of each"],
] as const;

function warnOfGaps(read: readonly ReadExam[], faults: FaultCollector): void {
  for (const [field, code, meaning] of WHOLE_KEYS) {
    const lacking = read.filter(({ exam, entry }) =>
      !entry.has(field) && !("extras" in exam && exam.extras[field] !== undefined)
    );
    if (lacking.length === 0 || lacking.length === read.length) continue;
    const first = field === PATIENT_KEY ? "" : ` (the first is ${told(lacking[0]!.exam.id)})`;
    const message = `${field} is missing in ${lacking.length} of ${read.length} exams${first}: ` +
      meaning;
    faults.warning({ code, message, field });
  }
}

function warnOfDates(dropped: number, faults: FaultCollector): void {
  if (dropped === 0) return;
  const message = `exam_date of ${dropped} exams is left out: dates are kept as days since the ` +
    `woman's first exam, and these exams name no ${PATIENT_KEY}`;
  faults.warning({ code: "exam_date_unused", message, field: "exam_date" });
}

function readExam(
  value: PickleValue,
  name: Pick<Exam, "index" | "id">,
  faults: ExamFaults,
  labelsTold: boolean,
): ReadExam {
  if (!(value instanceof Map)) {
    faults.error({ code: "exam_invalid", message: "The exam is not a dict of views and labels" });
    const images = { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [] };
    return { exam: { ...name, images }, entry: new Map(), failed: true };
  }
  const entry = withTextKeys(value, faults);
  settlePatient(entry, faults);
  settleOutcomes(entry, faults);
  const extras = readExtras(entry, faults);
  const images = readViews(entry, faults);
  const malignant = labelsTold ? null : readLabels(entry, faults);
  const horizontalFlip = readFlip(entry, faults);
  setViews(entry, images);
  const exam = malignant === null
    ? { ...name, images }
    : { ...name, images, malignant, horizontalFlip, extras };
  return { exam, entry, failed: faults.failed || labelsTold };
}

/** Copies an exam's dict, so that exams sharing one dict become independent. */
function withTextKeys(
  dict: ReadonlyMap<PickleValue, PickleValue>,
  faults: ExamFaults,
): DataListEntry {
  const entry: DataListEntry = new Map();
  for (const [key, value] of dict) {
    if (typeof key === "string") entry.set(key, withoutSeries(value, key, faults));
    else {
      const message = "A key of the exam is not text; use text for all keys";
      faults.error({ code: "key_invalid", message });
    }
  }
  return entry;
}

/** Replaces a pandas Series, which may come from table rows, by the list of its values. */
function withoutSeries(value: PickleValue, key: string, faults: ExamFaults): PickleValue {
  if (!isSeries(value)) return value;
  try {
    return readSeries(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `${told(key)} contains a pandas Series that cannot be read; use a list`;
    faults.error({ code: "value_unsupported", message, field: key });
    return null;
  }
}

/** Converts further keys and labels to JSON. A value that is not plain data is a fault and is removed. */
function readExtras(entry: DataListEntry, faults: ExamFaults): Record<string, JsonValue> {
  const extras: [string, JsonValue][] = [];
  for (const [key, value] of entry) {
    const further = key === LABEL_KEY && value instanceof Map
      ? [...value].filter(([name]) => !OWN_LABELS.includes(name)).map(labelOf)
      : [[key, value] as const];
    try {
      const reduced = further.map(([name, item]) => [name, toJsonValue(item)] as const);
      if (key === FLIP_KEY || (VIEWS as readonly string[]).includes(key)) continue;
      for (const [name, item] of reduced) if (item !== undefined) extras.push([name, item]);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const message = `${told(key)} contains an object; use text, numbers, lists and dicts`;
      faults.error({ code: "value_unsupported", message, field: key });
      entry.delete(key);
    }
  }
  return Object.fromEntries(extras); // defines its keys: "__proto__" is an ordinary key
}

function labelOf([name, value]: [PickleValue, PickleValue]): readonly [string, PickleValue] {
  return [`${LABEL_KEY}.${typeof name === "string" ? name : String(toJsonValue(name))}`, value];
}

function readFlip(entry: DataListEntry, faults: ExamFaults): boolean | null {
  const flip = entry.get(FLIP_KEY);
  if (flip === undefined || flip === null) return null;
  if (flip === "YES" || flip === "NO") return flip === "YES";
  const state = typeof flip === "string" ? told(flip) : "no text";
  const message = `${FLIP_KEY} is ${state}; give 'YES' or 'NO', or leave it out`;
  faults.error({ code: "horizontal_flip_invalid", message, field: FLIP_KEY });
  return null;
}

/** Sets the views as models expect them: always present, always lists, names without `.png`. */
function setViews(entry: DataListEntry, images: Readonly<Record<View, readonly string[]>>): void {
  for (const view of VIEWS) entry.set(view, [...images[view]]);
}
