import type { Fault } from "../shared/domain/mod.ts";
import type { ServiceAccess } from "./service_access.ts";

/** The service refused something; carries what it said. */
export class ApiError extends Error {
  readonly faults: readonly Fault[];
  readonly faultsTotal: number;

  /**
   * @param detail what the service said
   * @param faults all that it listed
   * @param faultsTotal how many there are in all
   */
  constructor(detail: string, faults: readonly Fault[], faultsTotal: number) {
    super(detail);
    this.name = "ApiError";
    this.faults = faults;
    this.faultsTotal = faultsTotal;
  }
}

/**
 * Sends one request.
 *
 * @param service where to
 * @param path with a leading slash
 * @param init as for `fetch`
 * @returns the answer, a success
 * @throws {ApiError} with what the service said
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
    throw new ApiError(
      `No mammoeval answers at ${service.url}: ${(cause as Error).message}`,
      [],
      0,
    );
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const faults: Fault[] = problem.errors ?? [];
  throw new ApiError(
    problem.detail ?? `The service answered ${response.status}`,
    faults,
    problem.errors_total ?? 0,
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
