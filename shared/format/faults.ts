import { type Fault, faultOf, type FaultParts } from "../domain/mod.ts";

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
    this.errors.push(faultOf(parts));
  }

  /** @param parts what is doubtful, and where */
  warning(parts: FaultParts): void {
    this.warnings.push(faultOf(parts));
  }
}

/** Repeats a text from a file inside a message: quoted, control characters escaped, cut. */
export function told(text: string): string {
  const cut = text.length > TOLD_LENGTH_MAX ? `${text.slice(0, TOLD_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut);
}
