import { type BinaryLabel, type Exam, examLabel, type JsonValue } from "./exam.ts";
import { type Fault, faultOf } from "./fault.ts";
import { LATERALITIES, type Laterality } from "./view.ts";

/** Derives labels from outcomes: cancer within so many days after the exam is positive. */
export interface TruthRule {
  /** Days after the exam, inclusive. */
  readonly within_days: number;
}

/** Exams labelled by a rule. */
export interface RuledExams {
  /** Exams that the rule can label, with these labels. */
  readonly exams: readonly Exam[];
  /** Number of exams with cancer within the time. */
  readonly positives: number;
  /** Number of exams with sufficient follow-up and no cancer within the time. */
  readonly negatives: number;
  /** Number of exams without cancer within the time and with insufficient follow-up. */
  readonly leftOut: number;
}

/** Keys of outcomes. */
const OUTCOMES = ["cancer_after_days", "detection", "followed_days"];

/** Fault of a rule for exams without outcomes. */
export const NO_OUTCOMES: Fault = faultOf({
  code: "outcomes_missing",
  field: "truth",
  message:
    "No exam has an outcome that a horizon could be applied to: give cancer_after_days, detection or " +
    "followed_days, or leave truth out",
});

/** Returns whether any exam has an outcome. */
export function haveOutcomes(exams: readonly Pick<Exam, "extras">[]): boolean {
  return exams.some(({ extras }) => OUTCOMES.some((key) => (extras[key] ?? null) !== null));
}

/**
 * Labels exams by a rule. Positive: cancer within the days (inclusive), or a cancer with unknown days. Negative:
 * neither, and followed for at least as many days; a later cancer counts as negative. All other exams are left out.
 * Only the breast with the cancer is positive.
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
  // Days without a side apply to the breast in which a cancer was detected.
  const daysOf = (side: Laterality): JsonValue =>
    days[side] ?? (detection[side] === null ? null : days.none);
  const sides = LATERALITIES.filter((side) => isInTime(daysOf(side), detection[side]));
  if (sides.length > 0) return labels(sides);
  const isSideKnown = LATERALITIES.some((side) => days[side] !== null || detection[side] !== null);
  if (!isSideKnown && isInTime(days.none, detection.none)) return { left: null, right: null };
  const followed = extras["followed_days"];
  return typeof followed === "number" && followed >= horizon ? { left: 0, right: 0 } : null;
}

/**
 * Returns the days to the first cancer of an exam, or those followed without one; null if neither is known. A cancer
 * with unknown days counts as found on the day of the exam.
 */
export function followUpOf(
  { extras }: Pick<Exam, "extras">,
): { readonly days: number; readonly cancer: BinaryLabel } | null {
  const days = Object.values(byBreast(extras["cancer_after_days"])).filter((one) =>
    typeof one === "number"
  );
  if (days.length > 0) return { days: Math.min(...days), cancer: 1 };
  const isFound = Object.values(byBreast(extras["detection"])).some((one) => one !== null);
  if (isFound) return { days: 0, cancer: 1 };
  const followed = extras["followed_days"];
  return typeof followed === "number" ? { days: followed, cancer: 0 } : null;
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
