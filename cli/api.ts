import { Failure } from "./failure.ts";
import type { ServiceAccess } from "./service_access.ts";

/**
 * Sends one request.
 *
 * @param service where to
 * @param path with a leading slash
 * @param init as for `fetch`
 * @returns the answer, a success
 * @throws {Failure} with what the service said
 */
export async function call(
  service: ServiceAccess,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await service.fetch(new Request(service.url + path, init));
  } catch (cause) {
    throw new Failure(
      "no_answer",
      `No mammoeval answers at ${service.url}: ${(cause as Error).message}`,
    );
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Failure(
    problem.type ?? "no_mammoeval",
    problem.detail ?? `${service.url} answered ${response.status} to ${path}: is it mammoeval?`,
    { faults: problem.errors ?? [], faultsTotal: problem.errors_total ?? 0 },
  );
}

/**
 * Sends JSON.
 *
 * @param service where to
 * @param path with a leading slash
 * @param body anything JSON can hold
 * @param headers besides the content type
 */
export async function post(
  service: ServiceAccess,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await call(service, path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...headers, "content-type": "application/json" },
  });
}
