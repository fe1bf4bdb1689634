import { trimEndOf } from "../shared/trim_end_of.ts";
import { connect, type Site } from "../client/mod.ts";
import { createJsonLog, type Log, type Service, SILENT_LOG } from "../shared/http/mod.ts";

/** A mammoeval service that a command talks to. */
export interface ServiceAccess {
  readonly site: Site;
  stop(): Promise<void>;
}

/**
 * Reaches the running service that `MAMMOEVAL_URL` names, or starts what is needed in this process,
 * where nobody is asked for a token: who may read the volume may use it.
 *
 * @param environment reads `MAMMOEVAL_URL` and, for a service that asks for one, `MAMMOEVAL_TOKEN`
 */
export async function accessService(
  environment: (name: string) => string | undefined,
  startHere: () => Promise<Service>,
): Promise<ServiceAccess> {
  const url = readServiceUrl(environment);
  if (url !== null) {
    const site = connect({ url, token: environment("MAMMOEVAL_TOKEN") });
    return { site, stop: () => Promise.resolve() };
  }
  const service = await startHere();
  const site = connect({ url: "http://inside", fetch: service.fetch });
  return { site, stop: () => service.stop() };
}

/**
 * @param environment reads `MAMMOEVAL_URL`
 * @returns base URL of the running service to use, without a slash at its end; null for none
 * @throws {RangeError} when it is no URL
 */
export function readServiceUrl(
  environment: (name: string) => string | undefined,
): string | null {
  const text = environment("MAMMOEVAL_URL")?.trim();
  if (!text) return null;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return trimEndOf(text, "/");
  throw new RangeError(
    `Cannot read the settings: MAMMOEVAL_URL=${text}: must be a base URL such as http://127.0.0.1:8000`,
  );
}

/**
 * A log for services inside a command: on a terminal only what goes wrong is worth a line, the rest
 * is in the evaluation's own log.
 */
export function quietLog(service: string): Log {
  const { error } = createJsonLog(service);
  return { ...SILENT_LOG, error };
}
