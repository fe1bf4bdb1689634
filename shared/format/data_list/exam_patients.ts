import { createHmac } from "node:crypto";
import { type Exam, idKey } from "../../domain/mod.ts";
import { EXAM_ID_LENGTH_MAX } from "../../limits.ts";
import { PickleArray, type PickleValue } from "../pickle/mod.ts";
import { isRoundedKey } from "../rounded_key.ts";
import type { DataList, DataListEntry } from "./data_list.ts";
import type { ExamFaults } from "./exam_faults.ts";

/** Key of an exam, and column of a side table, that says whose exam it is. */
export const PATIENT_KEY = "patient_id";

/** Hexadecimal digits of a pseudonym: 80 bits, so that a million women do not meet. */
const PSEUDONYM_DIGITS = 20;
/** A letter in front, so that no program reads it as a number. */
const PSEUDONYM = /^w[0-9a-f]{20}$/;
/** Texts that stand for no value: one of them is no woman with many exams. */
const MISSING = /^(?:|nan|none|null|n\/a|<na>)$/i;

/**
 * Reads whose exam it is, and writes that into the exam's dict in the one form in which ids are compared.
 *
 * @param entry the exam's dict; a `patient_id` without a value leaves it
 * @param faults where faults go; no message repeats the id
 */
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

/**
 * Reads the id of a woman.
 *
 * @param written what stands for her
 * @returns the id in the form in which ids are compared; null where there is none, undefined where it is no id
 */
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

/**
 * Names a woman so that nobody without the key can try out who she is (HMAC-SHA-256).
 *
 * @param id her id, or a pseudonym, which stays what it is
 */
export function patientPseudonym(key: Uint8Array, id: string): string {
  if (PSEUDONYM.test(id)) return id;
  const digest = createHmac("sha256", key).update(`patient\0${id}`).digest("hex");
  return `w${digest.slice(0, PSEUDONYM_DIGITS)}`;
}

/**
 * Puts pseudonyms in the place of the ids of women. A list that has none already stays as it is.
 *
 * @returns the list without an id in clear, and whether it names any woman
 */
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
