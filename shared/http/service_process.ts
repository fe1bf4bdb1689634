import { readSettings, type Settings } from "../settings.ts";
import { volumeLayout } from "../volume/layout.ts";
import { SERVICE_UMASK } from "../volume/modes.ts";
import { readServiceToken } from "../volume/secret_key.ts";
import { createJsonLog, type Log } from "./log.ts";
import type { Service } from "./service.ts";
import type { Fetch } from "./service_client.ts";
import { guardService } from "./service_guard.ts";

/** Runs a service in this process by the environment's settings; callers need the volume's token. */
export async function runService(
  name: string,
  assemble: (settings: Settings, log: Log, token: string) => Promise<Service>,
): Promise<{ fetch: Fetch }> {
  // Overrides the shell's umask; private files set their own mode.
  Deno.umask(SERVICE_UMASK);
  const settings = readSettings((variable) => Deno.env.get(variable), Deno.cwd());
  claimPort(settings);
  const token = await readServiceToken(volumeLayout(settings.home));
  const log = createJsonLog(name);
  const service = await assemble(settings, log, token);
  stopOnSignal(service, log);
  return { fetch: guardService(service.fetch, token) };
}

/** Grace period for stopping. Runs in a subprocess are not awaited: the next process restarts them. */
const STOP_MS_MAX = 5_000;

/** Ends this process on SIGTERM or SIGINT after the service has stopped, or after the grace period. */
export function stopOnSignal(service: Service, log: Log): void {
  let asked = false;
  function stop(signal: string): void {
    if (asked) Deno.exit(1);
    asked = true;
    log.info("stopping", { signal });
    const timeIsUp = new Promise((resolve) => setTimeout(resolve, STOP_MS_MAX));
    Promise.race([service.stop(), timeIsUp])
      .catch((error) => log.error("could not stop", { error: String(error) }))
      .finally(() => Deno.exit(0));
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop(signal));
  }
}

const EXIT_USAGE = 2;

/** Exits with code 2 if the port is in use; the runtime would tell only after the setup, and without advice. */
export function claimPort({ host, port }: { host: string; port: number }): void {
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const message =
      `Cannot listen on ${host}:${port}: another program, perhaps an earlier mammoeval, uses this ` +
      `port; stop it, or choose another port: MAMMOEVAL_PORT=${port + 1}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(message));
    Deno.exit(EXIT_USAGE);
  }
}
