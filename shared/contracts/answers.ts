import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import { PROBLEMS, type ProblemType } from "../http/problem.ts";

/** Returns an OpenAPI response with JSON content and these headers. */
export function jsonAnswer<T extends z.ZodType>(
  schema: T,
  description: string,
  ...headers: readonly AnswerHeader[]
): Answer<{ "application/json": { schema: T } }> {
  const answer = { description, content: { "application/json": { schema } } };
  return headers.length === 0 ? answer : withHeaders(answer, ...headers);
}

interface Answer<Content> {
  description: string;
  content: Content;
  headers?: Record<string, { $ref: string }>;
}

/** Returns a required JSON body in a route's declaration. */
export function jsonBody<T extends z.ZodType>(
  schema: T,
): { required: true; content: { "application/json": { schema: T } } } {
  return { required: true, content: { "application/json": { schema } } };
}

/** Content type of problem details (RFC 9457). */
export const PROBLEM_CONTENT = "application/problem+json";

/** A problem response in a route's declaration. It has no zod schema, since handlers throw problems. */
interface ProblemAnswer {
  description: string;
  content: Record<string, {
    schema: {
      allOf: [{ $ref: string }, {
        properties: { type: { enum: string[] }; status: { const: number } };
      }];
    };
  }>;
}

type StatusOf<T extends ProblemType> = (typeof PROBLEMS)[T]["status"];

export type ProblemAnswers<T extends ProblemType> = Record<StatusOf<T>, ProblemAnswer>;

/** The problem responses of a route, for its `responses`. The gateway adds those that every route has. */
export function problems<T extends ProblemType>(...types: readonly T[]): ProblemAnswers<T> {
  const statuses = new Set(types.map((type) => PROBLEMS[type].status));
  const answers = [...statuses].toSorted((a, b) => a - b).map((status) =>
    [
      status,
      problemAnswer(status, types.filter((type) => PROBLEMS[type].status === status)),
    ] as const
  );
  return Object.fromEntries(answers) as ProblemAnswers<T>;
}

function problemAnswer(status: number, types: readonly ProblemType[]): ProblemAnswer {
  const listed = Object.keys(PROBLEMS).filter((type) => types.includes(type as ProblemType));
  const about = { properties: { type: { enum: listed }, status: { const: status } } };
  return {
    description: listed.map((type) => `\`${type}\`: ${PROBLEMS[type as ProblemType].title}`).join(
      "; ",
    ),
    content: {
      [PROBLEM_CONTENT]: { schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, about] } },
    },
  };
}

export const ANSWER_HEADERS = {
  "Location": {
    description: "Path of the created resource, or of the operation in progress",
    required: true,
    schema: { type: "string", format: "uri-reference" },
  },
  "ETag": {
    description: "Changes with the content: send it as If-None-Match",
    schema: { type: "string" },
  },
  "Retry-After": {
    description: "Seconds to wait before asking again",
    schema: { type: "integer", minimum: 0 },
  },
  "Idempotent-Replayed": {
    description:
      "`true`: this repeats the answer to an earlier request with the same Idempotency-Key",
    schema: { type: "string", const: "true" },
  },
  "X-Request-Id": {
    description:
      "Identifies the request in the logs of all services: the id that was sent, or a new one",
    required: true,
    schema: { type: "string" },
  },
  "RateLimit-Policy": {
    description:
      "Requests allowed per user (q) in a window of seconds (w); present only if there is a limit",
    schema: { type: "string" },
  },
  "RateLimit": {
    description: "Requests that are left (r), and seconds until the window ends (t)",
    schema: { type: "string" },
  },
  "WWW-Authenticate": {
    description: "How to authenticate: Bearer or Basic",
    schema: { type: "string" },
  },
} as const;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** Returns references to headers, for a response's `headers`. */
export function headersNamed(
  ...names: readonly AnswerHeader[]
): Record<string, { $ref: string }> {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

/** Adds headers to a response. */
export function withHeaders<T extends { description: string }>(
  answer: T,
  ...names: readonly AnswerHeader[]
): T & { headers: Record<string, { $ref: string }> } {
  return { ...answer, headers: headersNamed(...names) };
}

/** Returns the responses of a route that serves a file: 200, 206 (partial content), 304 and 416. */
export function fileAnswers<T extends { description: string; content: object }>(answer: T): {
  200: T & { headers: Record<string, { $ref: string }> };
  206: { description: string; content: T["content"]; headers: Record<string, { $ref: string }> };
  304: { description: string; headers: Record<string, { $ref: string }> };
} & ProblemAnswers<"range_not_satisfiable"> {
  const headers = headersNamed("ETag");
  return {
    200: { ...answer, headers },
    206: { description: "The part that `Range` requests", content: answer.content, headers },
    304: { description: "Nothing has changed since If-None-Match", headers },
    ...problems("range_not_satisfiable"),
  };
}

export const TAGS = [
  {
    name: "datasets",
    description: "Exams with their labels: registered in place, uploaded, or converted from DICOM.",
  },
  {
    name: "models",
    description: "Model folders, the container images built from them, and the contribution check.",
  },
  {
    name: "evaluations",
    description: "Runs of a model on a dataset: submit, follow, cancel, get predictions.",
  },
  {
    name: "scores",
    description:
      "How well predictions detect cancer: metrics with intervals, plots, a report. For an evaluation, or " +
      "for existing predictions.",
  },
  {
    name: "comparisons",
    description: "Scores over the same exams, compared, combined and ranked.",
  },
  { name: "reader studies", description: "Radiologists and models on the same cases." },
  { name: "screening", description: "What a model would change in a screening programme." },
  { name: "operation", description: "System status, use of the data, and health checks." },
  { name: "pages", description: "The same as HTML pages." },
] as const;

export type Tag = (typeof TAGS)[number]["name"];

/** What a route declares besides its place; the handler's types follow from it. */
type RouteParts = Omit<RouteConfig, "method" | "path" | "operationId" | "tags">;

type Route<M extends RouteConfig["method"], P extends string, R extends RouteParts> = ReturnType<
  typeof createRoute<P, R & { method: M; path: P; operationId: string; tags: Tag[] }>
>;

/** Returns a function that declares routes with one tag. */
export function routesOf(tag: Tag): <
  const M extends RouteConfig["method"],
  const P extends string,
  R extends RouteParts,
>(method: M, path: P, operationId: string, parts: R) => Route<M, P, R> {
  return (method, path, operationId, parts) =>
    createRoute({ method, path, operationId, tags: [tag], ...parts });
}
