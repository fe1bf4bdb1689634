import { idKey } from "../../domain/mod.ts";
import { EXAM_ID_LENGTH_MAX } from "../../limits.ts";
import { type FaultCollector, told } from "../faults.ts";
import type { PickleValue } from "../pickle/mod.ts";

/** Key of the id in an exam's dict. */
export const ID_KEY = "exam_id";

/** `exam_id` if all exams have different ones, else the position in the list. */
export function examIds(values: readonly PickleValue[], faults: FaultCollector): string[] {
  const positions = values.map((_, index) => String(index));
  const written = values.map((value) => value instanceof Map ? value.get(ID_KEY) : undefined);
  const present = written.filter((value) => value !== undefined && value !== null).length;
  if (present === 0) return positions;
  const ids = written.map(idOf);
  const reason = present < values.length
    ? `is missing in ${values.length - present} of ${values.length} exams`
    : reasonAgainst(ids);
  if (reason === null) return ids as string[];
  faults.warning({
    code: "exam_id_unused",
    message: `${ID_KEY} ${reason}, so exams are identified by their position from 0`,
    field: ID_KEY,
  });
  return positions;
}

function idOf(value: PickleValue | undefined): string | null {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof text === "bigint") return String(text);
  if (typeof text !== "string") return null;
  // deno-lint-ignore no-control-regex
  return /^[^\0-\x1f\x7f]+$/.test(text) && text.length <= EXAM_ID_LENGTH_MAX ? text : null;
}

function reasonAgainst(ids: readonly (string | null)[]): string | null {
  const invalid = ids.indexOf(null);
  if (invalid >= 0) {
    return `of exam ${invalid} is neither a whole number nor text of 1 to ${EXAM_ID_LENGTH_MAX} characters`;
  }
  const seen = new Set<string | null>();
  for (const id of ids) {
    if (seen.has(idKey(id!))) return `${told(id!)} is repeated`;
    seen.add(idKey(id!));
  }
  return null;
}
