import { createHmac } from "node:crypto";

/** Hexadecimal digits of an exam's pseudonym: 80 bits, so that a million exams do not meet. */
const EXAM_DIGITS = 20;
const PATIENT_DIGITS = 20;
/** Digits that tell an image from others of its exam and view, and from its own earlier content. */
const IMAGE_DIGITS = 12;

/** Names that tell nothing to whoever has not the key. */
export interface Pseudonyms {
  /** @returns the same name for the same study, on one volume */
  exam(studyInstanceUid: string): string;
  /** @returns the same name for the same woman, on one volume */
  patient(id: string): string;
  /** @returns a name for one content converted in one way */
  image(fingerprint: string): string;
}

/**
 * Makes pseudonyms as keyed hashes (HMAC-SHA-256): without the key nobody can try out which patient
 * a name belongs to.
 *
 * @param key at least 32 random bytes
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const digest = (purpose: string, text: string): string =>
    createHmac("sha256", key).update(`${purpose}\0${text}`).digest("hex");
  return {
    // A letter in front, so that no program reads it as a number.
    exam: (uid) => `e${digest("exam", uid).slice(0, EXAM_DIGITS)}`,
    patient: (id) => `p${digest("patient", id).slice(0, PATIENT_DIGITS)}`,
    image: (fingerprint) => digest("image", fingerprint).slice(0, IMAGE_DIGITS),
  };
}
