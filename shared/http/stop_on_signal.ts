import type { Log } from "./log.ts";
import type { Service } from "./service.ts";

/** A run in a subprocess is not waited for: the next process starts it again. */
const STOP_MS_MAX = 5_000;

/**
 * Ends this process when it is asked to (SIGTERM, SIGINT): the service stops what it does in the
 * background and closes its ledger, or runs out of time. `deno serve` alone closes the port and then
 * waits for ever for timers, until an impatient supervisor kills it.
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
