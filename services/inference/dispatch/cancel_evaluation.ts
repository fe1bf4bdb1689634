import { recordOf } from "../ledger/evaluation_record.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import type { ActiveRuns } from "./active_runs.ts";
import type { RunDependencies } from "./run.ts";

/** A cancel is answered after this time, in milliseconds, also when an engine that is away holds it up. */
const CANCEL_WAIT_MS = 10_000;

/**
 * Ends an evaluation, whatever its state; one that has ended stays as it is.
 *
 * @param id of the evaluation
 * @param deps ledger, engine, files
 * @param runs tell whether it is under way
 * @returns the evaluation as it is now, or null when there is none
 */
export async function cancelEvaluation(
  id: string,
  { ledger, executor, workspace }: Pick<RunDependencies, "ledger" | "executor" | "workspace">,
  runs: Pick<ActiveRuns, "abort">,
): Promise<Evaluation | null> {
  const before = ledger.get(id);
  if (before === null || isFinal(before.status)) return before;
  const cancelled = ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
  const done = runs.abort(id);
  if (done !== null) {
    await executor.stop(id);
    await settledWithin(done, CANCEL_WAIT_MS);
  } else if (cancelled !== null) {
    await workspace.writeRecord(cancelled, recordOf(cancelled));
    await workspace.release(cancelled);
  }
  return ledger.get(id);
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, over]);
  clearTimeout(timer);
}
