import type { z } from "zod";
import "../words_of_issues.ts";
import type { Fault } from "../domain/mod.ts";
import { Problem } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/** An `invalid_request` that lists each field, unknown ones first; `within` names issues that have no field. */
export function invalidRequest(error: { issues: readonly Issue[] }, within: string): Problem {
  const faults = error.issues.flatMap((issue) => faultsOf(issue, within));
  const isUnknown = ({ code }: Fault): boolean => code === "unrecognized_keys";
  const errors = [...faults.filter(isUnknown), ...faults.filter((fault) => !isUnknown(fault))];
  const told = errors.map(({ field, message }) => `${field}: ${message}`);
  const detail = told.length > TOLD_MAX
    ? `${told.slice(0, TOLD_MAX).join("; ")} (and ${told.length - TOLD_MAX} more: see errors)`
    : told.join("; ");
  return new Problem("invalid_request", detail, { errors });
}

/** Faults in the detail text; `errors` lists all. */
const TOLD_MAX = 3;

function faultsOf(issue: Issue, within: string): Fault[] {
  const path = issue.path.map(String);
  const fault = (field: readonly string[], message: string): Fault => ({
    ...{ exam: null, view: null, image: null, code: issue.code, message },
    field: field.join(".") || within,
  });
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => fault([...path, key], "is not a field of this request"));
  }
  if (issue.code === "invalid_union") {
    const nearest = nearestBranch(issue.errors);
    if (nearest !== null) {
      return nearest.flatMap((inner) =>
        faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, within)
      );
    }
  }
  return [fault(path, issue.message)];
}

/** The union branch that the value matches best; null if none is close, so that the union's message is clearer. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const [nearest] = branches
    .filter((issues) =>
      issues.length > 0 &&
      issues.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys") &&
      !(issues.some(({ code }) => code === "unrecognized_keys") &&
        issues.some(({ message }) => message.startsWith("is missing")))
    )
    .toSorted((a, b) => a.length - b.length);
  return nearest ?? null;
}
