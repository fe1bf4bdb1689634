import { VIEWS } from "../../domain/mod.ts";
import { PickleArray, PickleTuple, type PickleValue } from "../pickle/mod.ts";
import type { DataListEntry } from "./data_list.ts";
import { LABEL_KEY } from "./exam_labels.ts";

/** Names of keys that may tell how an exam ended. */
const OUTCOME = /malignan|benign|cancer|label|patholog|bi[-_ ]?rads|biops|diagnos|outcome|truth/i;
/** Labels that models look for, whether the list has them or not. */
const SIDES: readonly string[] = ["left_malignant", "right_malignant"];
/** Keys that models need and that tell nothing. */
const KEPT: readonly string[] = [...VIEWS, "horizontal_flip"];

/**
 * Takes the truth out of the dicts of exams, for models that shall not see it: every label becomes 0, and
 * every key at any depth whose name looks like an outcome loses its value (0, "", empty, False). All exams get
 * the same labels, in the same order: which labels an exam has must not tell what they were.
 *
 * @param entries the exams' dicts, left as they are
 * @returns copies with the same keys
 */
export function blankLabels(entries: readonly DataListEntry[]): DataListEntry[] {
  const labels = entries.map((entry) => entry.get(LABEL_KEY)).filter((label) =>
    label instanceof Map
  );
  const names = new Set<PickleValue>([...labels.flatMap((label) => [...label.keys()]), ...SIDES]);
  return entries.map((entry) =>
    new Map(
      [...entry].map(([key, value]): [string, PickleValue] => {
        if (KEPT.includes(key)) return [key, value];
        if (key === LABEL_KEY && value instanceof Map) {
          return [key, new Map([...names].map((name) => [name, 0n]))];
        }
        return [key, OUTCOME.test(key) ? emptied(value) : blanked(value)];
      }),
    )
  );
}

/** The value without what outcomes its inner keys may tell. */
function blanked(value: PickleValue): PickleValue {
  if (Array.isArray(value)) return value.map(blanked);
  if (value instanceof PickleTuple) return new PickleTuple(value.items.map(blanked));
  if (value instanceof PickleArray && value.dtype.kind === "O") return blanked(value.toList());
  if (!(value instanceof Map)) return value;
  return new Map(
    [...value].map(([key, item]): [PickleValue, PickleValue] => [
      key,
      typeof key === "string" && OUTCOME.test(key) ? emptied(item) : blanked(item),
    ]),
  );
}

/** A value of the same kind that tells nothing. */
function emptied(value: PickleValue): PickleValue {
  if (value === null) return null;
  switch (typeof value) {
    case "boolean":
      return false;
    case "bigint":
      return 0n;
    case "number":
      return 0;
    case "string":
      return "";
  }
  if (value instanceof Uint8Array) return new Uint8Array(0);
  if (value instanceof PickleTuple) return new PickleTuple([]);
  if (value instanceof Map) return new Map();
  return value instanceof Set ? new Set() : [];
}
