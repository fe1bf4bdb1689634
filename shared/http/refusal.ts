import type { Fault } from "../domain/mod.ts";
import { Problem, type ProblemType } from "./problem.ts";

/** Creates a problem from at least one fault; the first becomes the detail. */
export function refusal(type: ProblemType, what: string, errors: readonly Fault[]): Problem {
  const more = errors.length > 1 ? ` (${errors.length} faults in all: see errors)` : "";
  return new Problem(type, `${what}: ${errors[0]?.message ?? "unknown fault"}${more}`, { errors });
}
