import {
  type AnswerHeader,
  headersNamed,
  PROBLEM_CONTENT,
  type ProblemAnswers,
  problems,
} from "../../../shared/contracts/answers.ts";
import { PROBLEMS, type ProblemType, type Role } from "../../../shared/http/mod.ts";
import { roleNeeded } from "../../../services/gateway/access/admit.ts";
import { ownerOf } from "../../../services/gateway/upstreams.ts";
import { type ApiAnswer, type ApiDocument, type ApiOperation, mapOperations } from "./document.ts";

/** How a caller says who they are. */
const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description:
      "A token that the data owner creates: `deno task token create <user> --role read|submit|admin`. " +
      "If there are no tokens, on a local machine, every caller is admin. Each operation names the " +
      "role that it needs; `admin` may do what `submit` may, and `submit` what `read` may.",
  },
  basic: {
    type: "http",
    scheme: "basic",
    description: "The token as password, with any user name: for browsers. Outside mammoeval's " +
      "own pages it allows only reading.",
  },
} as const;

/** What the gateway asks of others to make its own answers. */
const MADE_OF_SERVICES: ReadonlySet<string> = new Set(["/", "/metrics", "/openapi.json"]);

const TEXT_SCHEMA = { type: "string" };

/** Headers that go with a status, whatever the operation. */
const STATUS_HEADERS: Readonly<Record<string, readonly AnswerHeader[]>> = {
  401: ["WWW-Authenticate"],
  409: ["Retry-After"],
  429: ["Retry-After"],
  503: ["Retry-After"],
};

/**
 * Adds to every operation of a document what the gateway does before and after the services: which role
 * it asks for, with which problems it refuses, which headers its answers have.
 *
 * @param document of gateway and services
 */
export function describeDoor(document: ApiDocument): ApiDocument {
  const described = mapOperations(document, (method, path, operation) => {
    const role = roleNeeded(method, path);
    const types = [...problemsOf(operation), ...refusals(path, role, operation)];
    const answers = merged(operation.responses, problems(...types));
    const responses = withCommonHeaders(path.startsWith("/v1/") ? answers : withPages(answers));
    return { ...operation, security: securityOf(role), responses };
  });
  return {
    ...described,
    components: {
      ...described.components,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** OpenAPI 3.1 has room for roles where OAuth has its scopes. */
function securityOf(role: Role | null): readonly Record<string, readonly Role[]>[] {
  if (role === null) return [];
  return role === "read" ? [{ bearer: [role] }, { basic: [role] }] : [{ bearer: [role] }];
}

function refusals(path: string, role: Role | null, operation: ApiOperation): ProblemType[] {
  const ofServices = ownerOf(path) !== null || MADE_OF_SERVICES.has(path);
  return [
    "invalid_request",
    ...(role === null ? [] : ["unauthorized", "forbidden", "too_many_attempts"] as const),
    ...(operation.requestBody === undefined ? [] : ["too_large", "request_timeout"] as const),
    "too_many_requests",
    "unavailable",
    "internal_error",
    ...(ofServices ? ["upstream_unavailable"] as const : []),
  ];
}

function problemsOf(operation: ApiOperation): ProblemType[] {
  return Object.values(operation.responses).flatMap(problemTypesOf);
}

/**
 * @param answer that {@linkcode problems} has made, maybe with more to it
 * @returns the types of problems that it lists; none for another answer
 */
export function problemTypesOf({ content }: ApiAnswer): ProblemType[] {
  const schema = content?.[PROBLEM_CONTENT]?.["schema"] as ProblemSchema | undefined;
  const listed = schema?.allOf[1].properties.type.enum ?? [];
  return listed.filter((type): type is ProblemType => Object.hasOwn(PROBLEMS, type));
}

type ProblemSchema = ProblemAnswers<"not_found">[404]["content"][string]["schema"];

function merged(
  answers: ApiOperation["responses"],
  more: ApiOperation["responses"],
): ApiOperation["responses"] {
  const both = Object.entries(more).map(([status, answer]) => {
    const old = answers[status];
    const isProblem = old?.content?.[PROBLEM_CONTENT] !== undefined;
    const before = old === undefined || isProblem ? "" : `${old.description}; `;
    return [status, {
      ...old,
      description: `${before}${answer.description}`,
      content: { ...old?.content, ...answer.content },
    }] as const;
  });
  return { ...answers, ...Object.fromEntries(both) };
}

/** Outside the API a problem is a page for whoever accepts HTML. */
function withPages(answers: ApiOperation["responses"]): ApiOperation["responses"] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const page = problemTypesOf(answer).length === 0
        ? {}
        : { "text/html": { schema: TEXT_SCHEMA } };
      return [status, { ...answer, content: { ...answer.content, ...page } }];
    }),
  );
}

function withCommonHeaders(answers: ApiOperation["responses"]): ApiOperation["responses"] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]): [string, ApiAnswer] => {
      const names = STATUS_HEADERS[status] ?? [];
      const common = headersNamed("X-Request-Id", "RateLimit", "RateLimit-Policy", ...names);
      return [status, { ...answer, headers: { ...answer.headers, ...common } }];
    }),
  );
}
