import { VIEWS } from "../../domain/mod.ts";
import { PickleArray, PickleTuple, type PickleValue } from "../pickle/mod.ts";
import type { DataListEntry } from "./data_list.ts";
import { LABEL_KEY } from "./exam_labels.ts";
import { OUTCOME_KEYS } from "./exam_outcomes.ts";
import { PATIENT_KEY } from "./exam_patients.ts";

/** What no container gets, whether a run is blind or not: whose exam it is, and what became of it. */
const NEVER: ReadonlySet<string> = new Set([PATIENT_KEY, ...OUTCOME_KEYS]);
/**
 * What a blind run gets: what models work with, and what is known of the exam before anybody has read it. A key that is not
 * here may tell how the exam ended, whatever it is called.
 */
const BLIND: ReadonlySet<string> = new Set<string>([
  ...VIEWS,
  ...["exam_id", "horizontal_flip", "age", "density"],
  // Where the breast lies in its image, as cropping programs note it.
  ...["rightmost_points", "bottommost_points", "distance_from_starting_side"],
  ...["window_location", "best_center"],
  ...["manufacturer", "scanner_model", "scanner_software", "detector", "thickness_mm"],
  ...["implant", "image_kind"],
]);
/** Names of keys that tell how an exam ended, at any depth of what is passed on. */
const OUTCOME = /malignan|benign|cancer|label|patholog|bi[-_ ]?rads|biops|diagnos|outcome|truth/i;

/**
 * Makes what a container gets of a data list.
 *
 * @param entries the exams' dicts, left as they are
 * @param labels `blank`: every exam has the same labels, all 0, and only keys of an allow-list are passed on; `open`:
 *   everything but whose exam it is and its reads and outcomes
 * @returns the dicts for the container, in order
 */
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

/** 0 for every label that any exam has: which labels an exam has may tell what they are. */
function blankLabels(entries: readonly DataListEntry[]): Map<PickleValue, PickleValue> {
  const names = entries.flatMap((entry) => {
    const label = entry.get(LABEL_KEY);
    return label instanceof Map ? [...label.keys()] : [];
  });
  return new Map([...names, "left_malignant", "right_malignant"].map((name) => [name, 0n]));
}

/** The value without what inner keys may tell. */
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
