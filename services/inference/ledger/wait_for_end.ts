import type { Evaluation, Ledger } from "./ledger.ts";
import { isFinal } from "./state_machine.ts";

/** Waits at most `seconds` for an evaluation's end. Returns the evaluation, or null when there is none. */
export async function waitForEnd(
  ledger: Ledger,
  id: string,
  seconds: number,
): Promise<Evaluation | null> {
  const ended = (): boolean => isFinal(ledger.get(id)?.status ?? "failed");
  if (seconds > 0 && !ended()) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(finish, seconds * 1000);
      const unwatch = ledger.watch(id, () => ended() && finish());
      function finish(): void {
        clearTimeout(timer);
        unwatch();
        resolve();
      }
    });
  }
  return ledger.get(id);
}
