import { type Fault, faultOf } from "../domain/mod.ts";
import { PathNotAllowed } from "../volume/containment.ts";
import { Problem } from "./problem.ts";

/**
 * Runs all readers of a request's fields, so that a form marks every wrong field at once.
 * @returns the results by the readers' names
 * @throws {Problem} the only problem, or the type of the first with the faults of all, under the readers' names
 */
export async function readEvery<T extends Readonly<Record<string, unknown>>>(
  readers: { readonly [Name in keyof T]: () => T[Name] | Promise<T[Name]> },
): Promise<T> {
  const found: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, read] of Object.entries(readers)) {
    try {
      found[name] = await read();
    } catch (error) {
      problems.push(problemOf(error, name));
    }
  }
  const [first, ...others] = problems;
  if (first === undefined) return found as T;
  throw others.length === 0 ? first : joined(first, others);
}

function problemOf(error: unknown, name: string): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof PathNotAllowed)) throw error;
  const errors = [faultOf({ field: name, code: "path_not_allowed", message: error.message })];
  return new Problem("path_not_allowed", error.message, { errors, cause: error });
}

function joined(first: Problem, others: readonly Problem[]): Problem {
  const problems = [first, ...others];
  return new Problem(first.type, problems.map(({ message }) => message).join("; "), {
    errors: problems.flatMap(faultsOf),
    errorsTotal: problems.reduce((sum, one) => sum + Math.max(1, one.errorsTotal), 0),
  });
}

/** The faults of a problem; one without any names its field before a colon. */
function faultsOf({ errors, message, type }: Problem): readonly Fault[] {
  if (errors.length > 0) return errors;
  const [field, ...rest] = message.split(": ");
  return [
    rest.length === 0 || !/^[a-z_.]+$/.test(field!)
      ? faultOf({ code: type, message })
      : faultOf({ field: field!, code: type, message: rest.join(": ") }),
  ];
}
