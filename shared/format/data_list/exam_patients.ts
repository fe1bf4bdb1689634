import { createHmac } from "node:crypto";
import { type Exam, idKey } from "../../domain/mod.ts";
import { EXAM_ID_LENGTH_MAX } from "../../limits.ts";
import { PickleArray, type PickleValue } from "../pickle/mod.ts";
import { isRoundedKey } from "../rounded_key.ts";
import type { DataList, DataListEntry } from "./data_list.ts";
import type { ExamFaults } from "./exam_faults.ts";

/** Key of an exam, and column of a side table, with the patient id. */
export const PATIENT_KEY = "patient_id";

/** Hex digits of a pseudonym: 80 bits avoid collisions among a million women. */
const PSEUDONYM_DIGITS = 20;
/** The leading letter keeps programs from parsing it as a number. */
const PSEUDONYM = /^w[0-9a-f]{20}$/;
/** Texts for a missing value, which must not count as one woman with many exams. */
const MISSING = /^(?:|nan|none|null|n\/a|<na>)$/i;

/** Normalises or removes `patient_id`. No message quotes it. */
export function settlePatient(entry: DataListEntry, faults: ExamFaults): void {
  if (!entry.has(PATIENT_KEY)) return;
  const written = entry.get(PATIENT_KEY);
  const id = patientText(
    written instanceof PickleArray && written.shape.length === 0 ? written.toList() : written,
  );
  if (id === null || id === undefined) entry.delete(PATIENT_KEY);
  else entry.set(PATIENT_KEY, id);
  if (id !== undefined) return;
  const message = `${PATIENT_KEY} is neither a whole number nor text of 1 to ` +
    `${EXAM_ID_LENGTH_MAX} characters that no spreadsheet has rounded; give one id per exam`;
  faults.error({ code: "patient_id_invalid", message, field: PATIENT_KEY });
}

/** Normalises a patient id; null when there is none, undefined when it is invalid. */
export function patientText(written: PickleValue | undefined): string | null | undefined {
  if (written === undefined || written === null || Number.isNaN(written)) return null;
  if (typeof written === "bigint") return String(written);
  if (typeof written === "number") {
    return Number.isSafeInteger(written) ? String(BigInt(written)) : undefined;
  }
  if (typeof written !== "string") return undefined;
  const id = idKey(written);
  if (MISSING.test(id)) return null;
  if (isRoundedKey(id)) return undefined;
  // deno-lint-ignore no-control-regex
  return id.length <= EXAM_ID_LENGTH_MAX && !/[\0-\x1f\x7f]/.test(id) ? id : undefined;
}

/** HMAC-SHA-256 of a patient id, which nobody can test without the key; idempotent. */
export function patientPseudonym(key: Uint8Array, id: string): string {
  if (PSEUDONYM.test(id)) return id;
  const digest = createHmac("sha256", key).update(`patient\0${id}`).digest("hex");
  return `w${digest.slice(0, PSEUDONYM_DIGITS)}`;
}

/** Replaces patient ids by pseudonyms. Also returns whether the list has any patient ids. */
export function hidePatients(
  list: DataList,
  key: Uint8Array,
): { readonly list: DataList; readonly patients: boolean } {
  const pseudonymOf = (id: unknown): string => patientPseudonym(key, String(id));
  return {
    list: {
      ...list,
      exams: list.exams.map((exam): Exam => {
        const id = exam.extras[PATIENT_KEY];
        if (id === undefined) return exam;
        return { ...exam, extras: { ...exam.extras, [PATIENT_KEY]: pseudonymOf(id) } };
      }),
      entries: list.entries.map((entry) =>
        entry.has(PATIENT_KEY)
          ? new Map(entry).set(PATIENT_KEY, pseudonymOf(entry.get(PATIENT_KEY)))
          : entry
      ),
    },
    patients: list.entries.some((entry) => entry.has(PATIENT_KEY)) ||
      list.exams.some(({ extras }) => extras[PATIENT_KEY] !== undefined),
  };
}
