import type { Caller } from "./caller.ts";
import { Problem } from "./problem.ts";

/**
 * Keeps the truth of single exams from model authors. Whoever knows it, or can ask for numbers of groups
 * of their choice until it follows, can write a model that passes this test set and no other.
 *
 * @param caller who asks
 * @param what would tell the truth, as the beginning of a sentence
 * @throws {Problem} `forbidden` for the role submit
 */
export function keepTruth(caller: Caller, what: string): void {
  if (caller.role !== "submit") return;
  throw new Problem(
    "forbidden",
    `${what} would tell a model author the truth of single exams: ask the data owner for it`,
  );
}
