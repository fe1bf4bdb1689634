import { createHash, timingSafeEqual } from "node:crypto";
import { Problem, problemResponse } from "./problem.ts";
import type { Fetch } from "./service_client.ts";

/** Header with the token that authenticates the services of one volume to each other. */
export const SERVICE_HEADER = "x-mammoeval-service";

/** Health checks, which need no token, change and reveal nothing, and may use any host name. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Rejects requests without the service token: they would bypass the gateway's authentication. */
export function guardService(fetch: Fetch, token: string): Fetch {
  return (request) => {
    const given = request.headers.get(SERVICE_HEADER) ?? "";
    if (OPEN_PATHS.has(new URL(request.url).pathname) || equalSecrets(given, token)) {
      return fetch(request);
    }
    const problem = new Problem(
      "unauthorized",
      "This service answers only other services of mammoeval: send the request to the gateway",
    );
    return problemResponse(problem, request.headers.get("x-request-id") ?? crypto.randomUUID());
  };
}

/** Adds the service token to every request. */
export function signRequests(fetch: Fetch, token: string): Fetch {
  return (request) => {
    const headers = new Headers(request.headers);
    headers.set(SERVICE_HEADER, token);
    return fetch(new Request(request, { headers }));
  };
}

/** Compares secrets in constant time, by their digests. */
export function equalSecrets(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
