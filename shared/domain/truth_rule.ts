import { type BinaryLabel, type Exam, examLabel, type JsonValue } from "./exam.ts";
import { LATERALITIES, type Laterality } from "./view.ts";

/** Turns outcomes into labels: cancer within so many days after the exam is positive. */
export interface TruthRule {
  /** Days from the exam, the last one included. */
  readonly within_days: number;
}

/** Exams with the labels of a rule. */
export interface RuledExams {
  /** Exams whose truth the rule knows, with that truth. */
  readonly exams: readonly Exam[];
  /** Exams with a cancer in time. */
  readonly positives: number;
  /** Exams that were followed without one. */
  readonly negatives: number;
  /** Exams without cancer within the time that were not followed for so long. */
  readonly leftOut: number;
}

/** Keys that say how an exam ended. */
const OUTCOMES = ["cancer_after_days", "detection", "followed_days"];

/** Tells whether any exam has an outcome, so that a rule has something to work on. */
export function haveOutcomes(exams: readonly Pick<Exam, "extras">[]): boolean {
  return exams.some(({ extras }) => OUTCOMES.some((key) => (extras[key] ?? null) !== null));
}

/**
 * Gives exams the labels of a rule. Positive: cancer within the days, the last one included, or a cancer whose days are
 * not known. Negative: none, and followed for at least so many days; so a cancer that came later is negative. All
 * other exams are left out. The breast with the cancer is positive, the other one negative.
 */
export function applyTruthRule(exams: readonly Exam[], rule: TruthRule): RuledExams {
  const ruled = exams.flatMap((exam): Exam[] => {
    const malignant = truthOf(exam.extras, rule);
    return malignant === null ? [] : [{ ...exam, malignant }];
  });
  const positives = ruled.filter((exam) => examLabel(exam) === 1).length;
  return {
    exams: ruled,
    positives,
    negatives: ruled.length - positives,
    leftOut: exams.length - ruled.length,
  };
}

function truthOf(
  extras: Exam["extras"],
  { within_days: horizon }: TruthRule,
): Exam["malignant"] | null {
  const days = byBreast(extras["cancer_after_days"]);
  const detection = byBreast(extras["detection"]);
  const isInTime = (after: JsonValue, found: JsonValue): boolean =>
    typeof after === "number" ? after <= horizon : found !== null;
  // Days without side belong to the breast in which a cancer was found.
  const daysOf = (side: Laterality): JsonValue =>
    days[side] ?? (detection[side] === null ? null : days.none);
  const sides = LATERALITIES.filter((side) => isInTime(daysOf(side), detection[side]));
  if (sides.length > 0) return labels(sides);
  const isSideKnown = LATERALITIES.some((side) => days[side] !== null || detection[side] !== null);
  if (!isSideKnown && isInTime(days.none, detection.none)) return { left: null, right: null };
  const followed = extras["followed_days"];
  return typeof followed === "number" && followed >= horizon ? { left: 0, right: 0 } : null;
}

function labels(sides: readonly Laterality[]): Record<Laterality, BinaryLabel> {
  return { left: sides.includes("left") ? 1 : 0, right: sides.includes("right") ? 1 : 0 };
}

function byBreast(value: JsonValue | undefined): Record<Laterality | "none", JsonValue> {
  if (value === undefined || value === null) return { left: null, right: null, none: null };
  if (typeof value !== "object" || Array.isArray(value)) {
    return { left: null, right: null, none: value };
  }
  const { left = null, right = null } = value as Record<string, JsonValue>;
  return { left, right, none: null };
}
