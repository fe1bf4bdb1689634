import type { Fault } from "../domain/mod.ts";

/** What must be said of a fault; where it lies may be told too. */
export type FaultParts = Pick<Fault, "code" | "message"> & Partial<Fault>;

/** Longest part of a value that a message repeats. */
const TOLD_LENGTH_MAX = 60;

/** Collects what is wrong and what is doubtful, so that all of it can be told at once. */
export class FaultCollector {
  /** What makes the input unusable. */
  readonly errors: Fault[] = [];
  /** What is doubtful. */
  readonly warnings: Fault[] = [];

  /** @param parts what is wrong, and where */
  error(parts: FaultParts): void {
    this.errors.push({ exam: null, view: null, image: null, ...parts });
  }

  /** @param parts what is doubtful, and where */
  warning(parts: FaultParts): void {
    this.warnings.push({ exam: null, view: null, image: null, ...parts });
  }
}

/**
 * Repeats a text from a file inside a message: quoted, control characters escaped, cut.
 *
 * @param text any text
 * @returns the quoted text
 */
export function told(text: string): string {
  const cut = text.length > TOLD_LENGTH_MAX ? `${text.slice(0, TOLD_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut);
}
