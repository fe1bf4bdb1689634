import { readDocument } from "../openapi/document/document.ts";
import type { ApiDocument } from "../fuzz/route_requests.ts";
import { createAnswerCheck } from "../support/answer_check.ts";

/** Headers that a route must declare before they may be sent to it. */
const CLIENT_HEADERS = ["prefer", "idempotency-key", "last-event-id"];

/** A `fetch` that holds what goes over the wire against the API's document. */
export interface RecordedFetch {
  fetch(request: Request): Promise<Response>;
  /** Operations that were asked for, `GET /v1/datasets/{id}` say. */
  readonly asked: ReadonlySet<string>;
  /** What the document does not have: unknown routes, parameters and parts of forms, wrong answers. */
  readonly faults: readonly string[];
}

/** @param document of the service that is asked */
export function recordFetch(document: ApiDocument): RecordedFetch {
  const check = createAnswerCheck(readDocument(document));
  const asked = new Set<string>();
  const faults: string[] = [];

  async function lookAt(route: string, request: Request): Promise<void> {
    const [method, path] = route.split(" ") as [string, string];
    const { parameters = [], requestBody } = document.paths[path]![method.toLowerCase()]!;
    const known = parameters.map(({ name }) => name.toLowerCase());
    const given = [...new URL(request.url).searchParams.keys()];
    const headers = CLIENT_HEADERS.filter((name) => request.headers.has(name));
    for (const name of [...given, ...headers]) {
      if (!known.includes(name)) faults.push(`${route} is sent ${name}, which it does not take`);
    }
    if (!request.headers.get("content-type")?.startsWith("multipart/")) return;
    const schema = requestBody?.content["multipart/form-data"]?.schema;
    const parts = [schema, ...schema?.anyOf ?? []].flatMap((form) =>
      Object.keys(form?.properties ?? {})
    );
    for (const part of (await request.formData()).keys()) {
      if (!parts.includes(part)) faults.push(`${route} is sent a part ${part}, which it has not`);
    }
  }

  return {
    asked,
    faults,
    async fetch(request): Promise<Response> {
      const route = operationOf(request, document);
      if (route === null) {
        faults.push(`${request.method} ${request.url} is not in the document`);
        return await fetch(request);
      }
      asked.add(route);
      await lookAt(route, request.clone());
      const answer = await fetch(request);
      // What is streamed is looked at where it is read.
      const isStream = answer.headers.get("content-type")?.startsWith("text/") === true;
      const text = isStream ? null : await answer.clone().text();
      const { status, headers } = answer;
      const fault = check({ method: request.method, url: request.url, status, headers, text });
      if (fault !== null) faults.push(`${route} ${fault}`);
      return answer;
    },
  };
}

/** A path that says it word by word goes before one that takes anything there. */
function operationOf(request: Request, { paths }: ApiDocument): string | null {
  const asked = new URL(request.url).pathname;
  const method = request.method.toLowerCase();
  const fitting = Object.keys(paths).filter((path) => {
    const pattern = path.split(/\{\w+\}/).map((text) => RegExp.escape(text)).join("[^/]+");
    return paths[path]?.[method] !== undefined && new RegExp(`^${pattern}$`).test(asked);
  });
  const [path] = fitting.toSorted((a, b) => a.split("{").length - b.split("{").length);
  return path === undefined ? null : `${request.method} ${path}`;
}
