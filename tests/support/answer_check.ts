import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import {
  type ApiAnswer,
  type ApiDocument,
  type ApiOperation,
} from "../openapi/document/document.ts";
import { ANSWER_HEADERS, PROBLEM_CONTENT, problems } from "../../shared/contracts/answers.ts";
import { apiDocument } from "./api.ts";

/** A request and its response. */
export interface GivenAnswer {
  readonly method: string;
  /** URL or path of the request. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** The body; null if it is not text. */
  readonly text: string | null;
}

/** Problems that any path may answer with, even one without a route. */
const ANYWHERE = problems(
  "invalid_request",
  "unauthorized",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "too_large",
  "too_many_requests",
  "too_many_attempts",
);
const ANYWHERE_POINTER = "/x-anywhere";

/** An operation, and the pointer to its responses in the document. */
interface Found {
  readonly operation: ApiOperation;
  readonly pointer: string;
}

/**
 * Creates a check of responses against the API document: status, headers, content type, body, problem type. The check
 * returns what is wrong, or null.
 */
export function createAnswerCheck(
  document: ApiDocument,
): (answer: GivenAnswer) => string | null {
  const validate = createValidator({ ...document, "x-anywhere": ANYWHERE });
  const templates = Object.keys(document.paths).map((path) => [path, patternOf(path)] as const)
    // Literal paths take precedence over those with parameters.
    .toSorted(([a], [b]) => a.split("{").length - b.split("{").length);

  function find(method: string, path: string): Found | null {
    for (const [template, pattern] of templates) {
      const operation = document.paths[template]![method.toLowerCase()];
      if (operation !== undefined && pattern.test(path)) {
        const pointer = ["paths", template, method.toLowerCase(), "responses"];
        return { operation, pointer: pointer.map(escapePart).join("") };
      }
    }
    return null;
  }

  return (answer) => {
    const method = answer.method === "HEAD" ? "GET" : answer.method;
    const path = new URL(answer.url, "http://127.0.0.1").pathname;
    const found = find(method, path);
    if (found === null && !path.startsWith("/v1/")) return null;
    const responses = found?.operation.responses ?? ANYWHERE as ApiOperation["responses"];
    const listed = responses[answer.status];
    if (listed === undefined) {
      return `answers ${answer.status}, which the document does not list: ${
        answer.text?.slice(0, 200)
      }`;
    }
    const pointer = listed.$ref?.slice(1) ??
      `${found?.pointer ?? ANYWHERE_POINTER}/${answer.status}`;
    const promised = valueAt(document, pointer) as ApiAnswer | undefined ?? listed;
    return (found === null ? null : headerFault(promised, answer, document)) ??
      contentFault(promised, pointer, answer, validate);
  };
}

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${escaped}$`);
}

/** Escapes a part of a JSON pointer in a URI (RFC 6901), with its slash. */
export function escapePart(part: string): string {
  return `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
}

function valueAt(document: ApiDocument, pointer: string): unknown {
  const parts = pointer.split("/").slice(1).map((part) =>
    decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
  );
  return parts.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    document,
  );
}

/** Returns how a value violates the schema at a pointer into the document, or null. */
export type Validate = (pointer: string, value: unknown) => string | null;

/** Creates a validator for the schemas of a document. */
export function createValidator(document: object): Validate {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document, $id: "document" });
  const validators = new Map<string, ValidateFunction>();
  return (pointer, value) => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    validators.set(pointer, known);
    return known(value) ? null : ajv.errorsText(known.errors).slice(0, 300);
  };
}

/** Headers for clients must be declared if present, and present if required. */
function headerFault(
  promised: ApiAnswer,
  { headers }: GivenAnswer,
  { components }: ApiDocument,
): string | null {
  for (const name of Object.keys(ANSWER_HEADERS)) {
    const isPromised = promised.headers?.[name] !== undefined;
    const declared = components["headers"]![name] as { required?: boolean };
    if (headers.has(name) && !isPromised) return `has ${name}, which the document does not list`;
    if (!headers.has(name) && isPromised && declared.required === true) return `has no ${name}`;
  }
  return null;
}

function contentFault(
  promised: ApiAnswer,
  pointer: string,
  { headers, text, method }: GivenAnswer,
  validate: Validate,
): string | null {
  const contents = Object.keys(promised.content ?? {});
  if (contents.length === 0) {
    return text === "" ? null : "has a body, of which the document knows nothing";
  }
  const type = headers.get("content-type") ?? "";
  const content = contents.find((name) => type.split(";")[0] === name);
  if (content === undefined) return `is ${type}, the document has ${contents.join(", ")}`;
  if (method === "HEAD" || text === null || !/[/+]json$/.test(content)) return null;
  const fault = validate(`${pointer}/content${escapePart(content)}/schema`, JSON.parse(text));
  if (fault !== null) return `breaks its schema: ${fault}: ${text.slice(0, 300)}`;
  return content === PROBLEM_CONTENT && JSON.parse(text).detail.length < 6
    ? "says nothing of what is wrong"
    : null;
}

let check: Promise<(answer: GivenAnswer) => string | null> | null = null;

/**
 * Checks a response of gateway or service against the API document.
 *
 * @throws {Error} with the difference
 */
export async function holdAgainstDocument(answer: GivenAnswer): Promise<void> {
  check ??= apiDocument().then(createAnswerCheck);
  const fault = (await check)(answer);
  if (fault !== null) throw new Error(`${answer.method} ${answer.url} ${fault}`);
}
