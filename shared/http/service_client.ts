import { problemSchema } from "../contracts/common.ts";
import { SERVICE_CALL_S } from "../limits.ts";
import { Problem, PROBLEMS, type ProblemType } from "./problem.ts";

/** Anything that answers a request: global `fetch`, or an app's `fetch` in the same process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

export interface ServiceClient {
  /**
   * Sends a request and returns the parsed JSON response; `deadlineS` in seconds.
   * @throws {Problem} the other service's problem, or `upstream_unavailable`
   */
  json(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    deadlineS?: number,
  ): Promise<unknown>;
}

/** @param baseUrl without a trailing slash */
export function createServiceClient(name: string, baseUrl: string, fetch: Fetch): ServiceClient {
  return {
    async json(method, path, body, headers = {}, deadlineS = SERVICE_CALL_S): Promise<unknown> {
      using deadline = startDeadline(deadlineS);
      const init: RequestInit = body === undefined ? { method, headers } : {
        method,
        body: JSON.stringify(body),
        headers: { ...headers, "content-type": "application/json" },
      };
      let response: Response;
      let value: unknown;
      try {
        const request = new Request(baseUrl + path, { ...init, signal: deadline.signal });
        // An app in this process ignores the signal.
        response = await Promise.race([fetch(request), deadline.passed]);
        value = await Promise.race([response.json().catch(() => null), deadline.passed]);
      } catch (cause) {
        const reason = deadline.signal.aborted
          ? `did not answer within ${deadlineS} s: it may be overloaded`
          : "does not answer: check that it is running";
        throw new Problem("upstream_unavailable", `The ${name} service ${reason}`, { cause });
      }
      if (!response.ok) throw problemFrom(name, response.status, value);
      return value;
    },
  };
}

/** A timeout that clears its timer when disposed. */
function startDeadline(
  seconds: number,
): Disposable & { readonly signal: AbortSignal; readonly passed: Promise<never> } {
  const abort = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // nobody may be waiting for it
  const timer = setTimeout(() => {
    const reason = new DOMException("The deadline has passed", "TimeoutError");
    abort.abort(reason);
    reject(reason);
  }, seconds * 1000);
  return { signal: abort.signal, passed: promise, [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Reads the problem that a service answered with; `upstream_unavailable` if the answer is no problem. */
export function problemFrom(name: string, status: number, value: unknown): Problem {
  const read = problemSchema.safeParse(value);
  if (!read.success || !isProblemType(read.data.type)) {
    const detail = `The ${name} service answered ${status} without a reason`;
    return new Problem("upstream_unavailable", detail);
  }
  const { type, detail, reason = null, errors = [], errors_total = errors.length } = read.data;
  return new Problem(type, detail, { reason, errors, errorsTotal: errors_total });
}

function isProblemType(type: string): type is ProblemType {
  return Object.hasOwn(PROBLEMS, type);
}
