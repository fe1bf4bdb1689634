import type { Failure } from "../executors/executor.ts";

/** What a model may call the end of its own run; the rest is for the platform to tell. */
const TYPES = ["gpu_unavailable", "out_of_memory", "container_failed"] as const;

const FORM = /^mammoeval: error: ([a-z_]+): (.+)$/;

/**
 * Reads what a model says of its own failure: a line `mammoeval: error: <type>: <sentence>`. The last
 * one counts; a type that is none of a model's business becomes `container_failed`.
 *
 * @param tail the last lines that the model printed
 * @returns the failure, or null when the model said nothing of that form
 */
export function declaredFailure(tail: readonly string[]): Failure | null {
  const match = tail.map((line) => FORM.exec(line)).findLast((found) => found !== null);
  if (match === undefined || match === null) return null;
  const type = TYPES.find((known) => known === match[1]) ?? "container_failed";
  return { type, message: `The model says: ${match[2]}` };
}
