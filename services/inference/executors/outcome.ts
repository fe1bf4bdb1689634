import type { Failure, Outcome } from "./executor.ts";

/** It worked, and there is nothing more to say. */
export const DONE: Outcome<void> = { ok: true, value: undefined };

/** It did not work, for this reason. */
export function refused(type: Failure["type"], message: string): Outcome<never> {
  return { ok: false, failure: { type, message } };
}
