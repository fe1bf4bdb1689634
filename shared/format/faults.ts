import { type Fault, faultOf, type FaultParts } from "../domain/mod.ts";

/** Maximum length of a value quoted in a message. */
const TOLD_LENGTH_MAX = 60;

/** Collects errors and warnings, so that all are reported together. */
export class FaultCollector {
  /** Faults that make the input unusable. */
  readonly errors: Fault[] = [];
  /** Doubts. */
  readonly warnings: Fault[] = [];

  /** Adds an error. */
  error(parts: FaultParts): void {
    this.errors.push(faultOf(parts));
  }

  /** Adds a warning. */
  warning(parts: FaultParts): void {
    this.warnings.push(faultOf(parts));
  }
}

/** Quotes a text from a file for a message: control characters escaped, long text cut. */
export function told(text: string): string {
  const cut = text.length > TOLD_LENGTH_MAX ? `${text.slice(0, TOLD_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut);
}
