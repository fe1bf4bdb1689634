import { Problem, PROBLEMS, type ProblemType } from "./problem.ts";

/** Anything that answers a request: global `fetch`, or an app's own `fetch` in the same process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** Talks JSON to another mammoeval service. */
export interface ServiceClient {
  /**
   * @param method HTTP method
   * @param path path with a leading slash
   * @param body sent as JSON when given
   * @returns the parsed answer
   * @throws {Problem} the other service's problem, or `upstream_unavailable`
   */
  json(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<unknown>;
}

/**
 * @param name how the other service is called in errors
 * @param baseUrl its base URL, no trailing slash
 * @param fetch how requests travel
 */
export function createServiceClient(name: string, baseUrl: string, fetch: Fetch): ServiceClient {
  return {
    async json(method, path, body, headers = {}): Promise<unknown> {
      const init: RequestInit = body === undefined ? { method, headers } : {
        method,
        body: JSON.stringify(body),
        headers: { ...headers, "content-type": "application/json" },
      };
      let response: Response;
      try {
        response = await fetch(new Request(baseUrl + path, init));
      } catch (cause) {
        throw new Problem(
          "upstream_unavailable",
          `The ${name} service does not answer: is it running?`,
          { cause },
        );
      }
      const value: unknown = await response.json().catch(() => null);
      if (!response.ok) throw problemFrom(name, response.status, value);
      return value;
    },
  };
}

function problemFrom(name: string, status: number, value: unknown): Problem {
  if (typeof value === "object" && value !== null && "type" in value && "detail" in value) {
    const type = String(value.type);
    if (Object.hasOwn(PROBLEMS, type)) {
      const errors = "errors" in value && Array.isArray(value.errors) ? value.errors : [];
      return new Problem(type as ProblemType, String(value.detail), { errors });
    }
  }
  return new Problem(
    "upstream_unavailable",
    `The ${name} service answered ${status} without a reason`,
  );
}
