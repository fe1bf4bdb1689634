import type { Log } from "./log.ts";
import type { Service } from "./service.ts";

/** Grace period for stopping. Runs in a subprocess are not awaited: the next process restarts them. */
const STOP_MS_MAX = 5_000;

/**
 * Ends this process on SIGTERM or SIGINT, after the service has stopped its background work and closed its ledger, or
 * after the grace period. `deno serve` alone would close the port and wait for timers forever.
 */
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
