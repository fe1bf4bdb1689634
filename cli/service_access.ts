import { trimEndOf } from "../shared/trim_end_of.ts";
import { connect, type Site } from "../client/mod.ts";
import { createJsonLog, type Log, type Service, SILENT_LOG } from "../shared/http/mod.ts";

export interface ServiceAccess {
  readonly site: Site;
  stop(): Promise<void>;
}

/** Connects to the service in `MAMMOEVAL_URL`, or starts the needed services in this process without tokens. */
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

/** @throws {RangeError} if it is no URL */
export function readServiceUrl(environment: (name: string) => string | undefined): string | null {
  const text = environment("MAMMOEVAL_URL")?.trim();
  if (!text) return null;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return trimEndOf(text, "/");
  throw new RangeError(
    `Cannot read the settings: MAMMOEVAL_URL=${text}: must be a base URL such as http://127.0.0.1:8000`,
  );
}

/** A log for services inside a command: only errors are printed, since the evaluation has its own log. */
export function quietLog(service: string): Log {
  const { error } = createJsonLog(service);
  return { ...SILENT_LOG, error };
}
