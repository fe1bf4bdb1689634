import { assembleGateway } from "../services/gateway/assemble.ts";
import { createJsonLog, type Fetch, type Log, SILENT_LOG } from "../shared/http/mod.ts";
import type { Settings } from "../shared/settings.ts";

/** A mammoeval service that a command talks to. */
export interface ServiceAccess {
  /** Base URL of requests. */
  readonly url: string;
  readonly fetch: Fetch;
  stop(): Promise<void>;
}

/**
 * Reaches the running service that `MAMMOEVAL_URL` names, or starts all services in this process.
 *
 * @param url the running service's base URL, or undefined
 * @param settings for services in this process
 */
export async function accessService(
  url: string | undefined,
  settings: Settings,
): Promise<ServiceAccess> {
  if (url) return { url: url.replace(/\/+$/, ""), fetch, stop: () => Promise.resolve() };
  const service = await assembleGateway(settings, quietLog);
  return { url: "http://inside", fetch: service.fetch, stop: () => service.stop() };
}

/** On a terminal only what goes wrong is worth a line; the rest is in the evaluation's own log. */
function quietLog(service: string): Log {
  const { error } = createJsonLog(service);
  return { ...SILENT_LOG, error };
}
