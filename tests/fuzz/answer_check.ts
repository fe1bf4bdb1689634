import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { PROBLEMS } from "../../shared/http/mod.ts";
import type { ApiDocument } from "./route_requests.ts";

/** Looks whether an answer is one that the document promises. */
export type AnswerCheck = (route: string, response: Response, text: string) => string | null;

/**
 * @param document of the service under test
 * @returns a check that says what is wrong with an answer, or null
 */
export function createAnswerCheck(document: ApiDocument): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document, $id: "document" });
  const validators = new Map<string, ValidateFunction>();

  function validatorFor(pointer: string): ValidateFunction {
    const known = validators.get(pointer);
    if (known !== undefined) return known;
    const made = ajv.compile({ $ref: `document#${pointer}` });
    validators.set(pointer, made);
    return made;
  }

  return (route, response, text) => {
    const type = response.headers.get("content-type") ?? "";
    if (response.status >= 500) return `answers ${response.status}: ${text.slice(0, 300)}`;
    if (response.status >= 400) return checkProblem(response, type, text);
    const [method, path] = route.split(" ") as [string, string];
    const promised = document.paths[path]?.[method.toLowerCase()]?.responses[response.status];
    if (promised === undefined) return `answers ${response.status}, which is not in the document`;
    const contents = Object.keys(promised.content ?? {});
    if (contents.length === 0) {
      return text === "" ? null : "answers with a body, the document has none";
    }
    const content = contents.find((name) => type.startsWith(name));
    if (content === undefined) {
      return `answers with ${type}, the document has ${contents.join(", ")}`;
    }
    if (content !== "application/json") return null;
    const pointer = ["paths", path, method.toLowerCase(), "responses", String(response.status)];
    const validate = validatorFor(
      [...pointer, "content", content, "schema"].map((part) =>
        `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`
      ).join(""),
    );
    return validate(JSON.parse(text))
      ? null
      : `breaks its schema: ${ajv.errorsText(validate.errors).slice(0, 300)}`;
  };
}

function checkProblem(response: Response, type: string, text: string): string | null {
  if (!type.startsWith("application/problem+json")) {
    return `answers ${response.status} with ${type}, not a problem: ${text.slice(0, 100)}`;
  }
  const problem = JSON.parse(text);
  if (!Object.hasOwn(PROBLEMS, problem.type)) return `answers the unknown problem ${problem.type}`;
  if (problem.status !== response.status) return `says ${problem.status} and is ${response.status}`;
  return problem.detail?.length > 5 ? null : "says nothing of what is wrong";
}
