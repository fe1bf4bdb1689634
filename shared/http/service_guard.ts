import { createHash, timingSafeEqual } from "node:crypto";
import { Problem, problemResponse } from "./problem.ts";
import type { Fetch } from "./service_client.ts";

/** Header that carries the token with which the services of one volume know each other. */
export const SERVICE_HEADER = "x-mammoeval-service";

/** Paths that tell only whether a service is alive: health checks have no token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/**
 * Lets nobody in but the other services: for a service that listens on a network by itself. Whoever
 * could reach it directly would pass by the gateway's door.
 *
 * @param token that requests must carry
 */
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

/** Shows the token with every request. */
export function signRequests(fetch: Fetch, token: string): Fetch {
  return (request) => {
    const headers = new Headers(request.headers);
    headers.set(SERVICE_HEADER, token);
    return fetch(new Request(request, { headers }));
  };
}

/**
 * Compares secrets without telling by the time it takes how much of them is right: digests of the
 * same length are compared, not the secrets.
 */
export function equalSecrets(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
