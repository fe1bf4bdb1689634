import { VIEWS } from "../../domain/mod.ts";
import { PickleArray, PickleTuple, type PickleValue } from "../pickle/mod.ts";
import type { DataListEntry } from "./data_list.ts";
import { LABEL_KEY } from "./exam_labels.ts";
import { OUTCOME_KEYS } from "./exam_outcomes.ts";
import { PATIENT_KEY } from "./exam_patients.ts";

/** Keys that no container gets, even in open runs: the patient and the outcome. */
const NEVER: ReadonlySet<string> = new Set([PATIENT_KEY, ...OUTCOME_KEYS]);
/** Keys of a blind run. Any other key may reveal the outcome, whatever its name. */
const BLIND: ReadonlySet<string> = new Set<string>([
  ...VIEWS,
  ...["exam_id", "horizontal_flip", "age", "density"],
  // Position of the breast in its image, as cropping programs record it.
  ...["rightmost_points", "bottommost_points", "distance_from_starting_side"],
  ...["window_location", "best_center"],
  ...["manufacturer", "scanner_model", "scanner_software", "detector", "thickness_mm"],
  ...["implant", "image_kind"],
]);
/** Names of keys that reveal the outcome, at any depth of passed-on values. */
const OUTCOME = /malignan|benign|cancer|label|patholog|bi[-_ ]?rads|biops|diagnos|outcome|truth/i;

/** `blank`: labels are 0, keys of an allow-list; `open`: all but the patient, reads and outcomes. */
export function entriesForContainer(
  entries: readonly DataListEntry[],
  labels: "open" | "blank",
): DataListEntry[] {
  if (labels === "open") {
    return entries.map((entry) => new Map([...entry].filter(([key]) => !NEVER.has(key))));
  }
  const zeros = blankLabels(entries);
  return entries.map((entry) =>
    new Map(
      [...entry].flatMap(([key, value]): [string, PickleValue][] =>
        BLIND.has(key) ? [[key, withoutOutcomes(value)]] : []
      ),
    ).set(LABEL_KEY, new Map(zeros))
  );
}

/** Returns 0 for every label that any exam has, because the mere presence of a label may reveal its value. */
function blankLabels(entries: readonly DataListEntry[]): Map<PickleValue, PickleValue> {
  const names = entries.flatMap((entry) => {
    const label = entry.get(LABEL_KEY);
    return label instanceof Map ? [...label.keys()] : [];
  });
  return new Map([...names, "left_malignant", "right_malignant"].map((name) => [name, 0n]));
}

/** Removes inner keys that may reveal the outcome. */
function withoutOutcomes(value: PickleValue): PickleValue {
  if (Array.isArray(value)) return value.map(withoutOutcomes);
  if (value instanceof PickleTuple) return new PickleTuple(value.items.map(withoutOutcomes));
  if (value instanceof PickleArray && value.dtype.kind === "O") {
    return withoutOutcomes(value.toList());
  }
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].filter(([key]) => typeof key !== "string" || !OUTCOME.test(key))
      .map(([key, item]): [PickleValue, PickleValue] => [key, withoutOutcomes(item)]),
  );
}
