import type { Failure, Outcome } from "./executor.ts";

/** Success without a value. */
export const DONE: Outcome<void> = { ok: true, value: undefined };

/** Failure with its reason. */
export function refused(type: Failure["type"], message: string): Outcome<never> {
  return { ok: false, failure: { type, message } };
}
