import { createHmac } from "node:crypto";

/** Hex digits of an exam's pseudonym: 80 bits avoid collisions among a million exams. */
const EXAM_DIGITS = 20;
const PATIENT_DIGITS = 20;
/** Hex digits that distinguish an image from others of its exam and view, and from its earlier content. */
const IMAGE_DIGITS = 12;

/** Names that reveal nothing without the key. */
export interface Pseudonyms {
  /** Returns the pseudonym of a study, stable on one volume. */
  exam(studyInstanceUid: string): string;
  /** Returns the pseudonym of a woman, stable on one volume. */
  patient(id: string): string;
  /** Returns the name for one content and conversion. */
  image(fingerprint: string): string;
}

/** Pseudonyms as HMAC-SHA-256 with a key of at least 32 random bytes, so that nobody can test a name. */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const digest = (purpose: string, text: string): string =>
    createHmac("sha256", key).update(`${purpose}\0${text}`).digest("hex");
  return {
    // The leading letter keeps programs from parsing the name as a number.
    exam: (uid) => `e${digest("exam", uid).slice(0, EXAM_DIGITS)}`,
    patient: (id) => `p${digest("patient", id).slice(0, PATIENT_DIGITS)}`,
    image: (fingerprint) => digest("image", fingerprint).slice(0, IMAGE_DIGITS),
  };
}
