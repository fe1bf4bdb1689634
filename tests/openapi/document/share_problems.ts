import { isDeepStrictEqual } from "node:util";
import { PROBLEM_CONTENT } from "../../../shared/contracts/answers.ts";
import { problemTypesOf } from "./describe_door.ts";
import { type ApiAnswer, type ApiDocument, mapOperations } from "./document.ts";

/**
 * Lets answers with problems that are the same at many operations stand in the document once, named by
 * their types; what differs, by an example say, stays where it is.
 *
 * @param document of the API
 */
export function shareProblems(document: ApiDocument): ApiDocument {
  const shared: Record<string, ApiAnswer> = {};
  const referring = mapOperations(document, (_method, _path, operation) => ({
    ...operation,
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => {
        const name = nameOf(answer);
        if (name === null) return [status, answer];
        shared[name] ??= answer;
        return isDeepStrictEqual(shared[name], answer)
          ? [status, { $ref: `#/components/responses/${name}` }]
          : [status, answer];
      }),
    ),
  }));
  return {
    ...referring,
    components: {
      ...document.components,
      responses: { ...document.components["responses"], ...shared },
    },
  };
}

/** Null for what is not to be shared. */
function nameOf(answer: ApiAnswer): string | null {
  const types = problemTypesOf(answer);
  const { [PROBLEM_CONTENT]: problem, ...others } = answer.content ?? {};
  if (types.length === 0 || problem?.["examples"] !== undefined) return null;
  return [...types, ...Object.keys(others).map((type) => type.split("/")[1])].join(".");
}
