import type { z } from "zod";
import type { Fault } from "../domain/mod.ts";
import { Problem } from "./problem.ts";

/** What a schema found wrong, as far as it is told. */
type Issue = z.core.$ZodIssue;

/**
 * Says in a caller's words what a schema found wrong: a field that is not known is named as a field, one
 * that is not there is missing and not `undefined`. What is misspelt is often both, so the unknown ones
 * come first.
 *
 * @param error of a schema
 * @param within where the value stood, `body` or the name of a part; names what has no field of its own
 * @returns a problem that lists each field
 */
export function invalidRequest(error: { issues: readonly Issue[] }, within: string): Problem {
  const faults = error.issues.flatMap((issue) => faultsOf(issue, within));
  const isUnknown = ({ code }: Fault): boolean => code === "unrecognized_keys";
  const errors = [
    ...faults.filter(isUnknown),
    ...faults.filter((fault) => !isUnknown(fault)),
  ];
  const told = errors.map(({ field, message }) => `${field}: ${message}`);
  const detail = told.length > TOLD_MAX
    ? `${told.slice(0, TOLD_MAX).join("; ")} (and ${told.length - TOLD_MAX} more: see errors)`
    : told.join("; ");
  return new Problem("invalid_request", detail, { errors });
}

/** Faults that the one sentence tells; `errors` has all. */
const TOLD_MAX = 3;

function faultsOf(issue: Issue, within: string): Fault[] {
  const path = issue.path.map(String);
  const fault = (field: readonly string[], message: string): Fault => ({
    ...{ exam: null, view: null, image: null, code: issue.code, message },
    field: field.join(".") || within,
  });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => fault([...path, key], "is no field of this request"));
  }
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
    return [fault(path, `is missing (${issue.expected})`)];
  }
  return [fault(path, issue.message)];
}
