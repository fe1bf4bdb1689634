import { SUBGROUP_CLASS_SAMPLES_MIN } from "../../../../shared/limits.ts";
import { counted } from "../../../../shared/pages/mod.ts";

/** Samples per class. */
export interface ClassCounts {
  readonly count: number;
  readonly positives: number;
}

/** Returns a warning about few cases, or null if there are enough. */
export function fewText({ count, positives }: ClassCounts): string | null {
  const [least, which] = positives <= count - positives
    ? [positives, "positive"]
    : [count - positives, "negative"];
  if (least >= SUBGROUP_CLASS_SAMPLES_MIN) return null;
  return `There ${least === 1 ? "is" : "are"} only ${
    counted(least, which)
  }: these numbers are not ` +
    "reliable, and their intervals are rough.";
}
