import type { BinaryLabel, Exam } from "../../domain/mod.ts";
import { LATERALITIES } from "../../domain/mod.ts";
import { told } from "../faults.ts";
import { PickleArray, type PickleValue } from "../pickle/mod.ts";
import type { ExamFaults } from "./exam_faults.ts";

/** Key of the labels in an exam's dict. */
export const LABEL_KEY = "cancer_label";

/** Key of the label of a whole exam, for exams of unknown side. */
export const EXAM_LABEL = "malignant";

/** 0 or 1 per breast, or for the exam when neither breast has a label; null when missing or invalid. */
export function readLabels(
  entry: ReadonlyMap<string, PickleValue>,
  faults: ExamFaults,
): Exam["malignant"] | null {
  const label = entry.get(LABEL_KEY);
  if (!(label instanceof Map)) {
    const state = label === undefined || label === null ? "is missing" : "is no dict";
    const message = `${LABEL_KEY} ${state}; it must hold left_malignant and right_malignant, or ` +
      `${EXAM_LABEL} where the side is not known`;
    faults.error({ code: "cancer_label_missing", message, field: LABEL_KEY });
    return null;
  }
  const sides = LATERALITIES.map((side) => label.get(`${side}_malignant`));
  if (sides.every(isMissing) && !isMissing(label.get(EXAM_LABEL))) {
    const exam = readLabel(label, EXAM_LABEL, faults);
    if (exam === null) return null;
    // No cancer in the exam means none in either breast.
    return exam === 0 ? { left: 0, right: 0 } : { left: null, right: null };
  }
  const [left, right] = LATERALITIES.map((side) => readLabel(label, `${side}_malignant`, faults));
  return left === null || right === null ? null : { left: left!, right: right! };
}

function isMissing(value: PickleValue | undefined): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

function readLabel(
  label: ReadonlyMap<PickleValue, PickleValue>,
  name: string,
  faults: ExamFaults,
): BinaryLabel | null {
  const written = label.get(name);
  const value = written instanceof PickleArray && written.shape.length === 0
    ? written.toList()
    : written;
  if (value === 0n || value === 0 || value === false) return 0;
  if (value === 1n || value === 1 || value === true) return 1;
  const field = `${LABEL_KEY}.${name}`;
  if (value === undefined || value === null) {
    const message = `${field} is missing; give 0 or 1`;
    faults.error({ code: "label_missing", message, field });
  } else {
    const message = `${field} is ${stateOf(value)}; give 0 or 1`;
    faults.error({ code: "label_invalid", message, field });
  }
  return null;
}

function stateOf(value: PickleValue): string {
  if (typeof value === "string") return `the text ${told(value)}`;
  return typeof value === "object" ? "no number" : String(value).slice(0, 40);
}
