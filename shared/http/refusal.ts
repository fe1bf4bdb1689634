import type { Fault } from "../domain/mod.ts";
import { Problem, type ProblemType } from "./problem.ts";

/**
 * Makes faults a problem whose detail is the first of them.
 *
 * @param errors at least one fault
 */
export function refusal(
  type: ProblemType,
  what: string,
  errors: readonly Fault[],
): Problem {
  const more = errors.length > 1 ? ` (${errors.length} faults in all: see errors)` : "";
  return new Problem(type, `${what}: ${errors[0]?.message ?? "unknown fault"}${more}`, { errors });
}
