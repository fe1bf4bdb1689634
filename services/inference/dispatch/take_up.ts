import { type Evaluation, PLACES } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import type { ActiveRuns } from "./active_runs.ts";
import type { Claim, DevicePool } from "./devices.ts";
import type { RunDependencies } from "./run.ts";

export interface TakeUpDependencies
  extends Pick<RunDependencies, "ledger" | "executor" | "workspace" | "log"> {
  readonly pool: DevicePool;
  readonly runs: Pick<ActiveRuns, "has" | "ids" | "launch">;
}

/**
 * Resumes what an earlier process left, and removes what belongs to no evaluation; returns ended ones to clean up.
 * @throws {Error} while the engine does not answer or the ledger cannot be written
 */
export async function takeUpAll(deps: TakeUpDependencies): Promise<Evaluation[]> {
  const { ledger, executor, workspace, runs } = deps;
  const known = new Set(await executor.known());
  const unfinished = ledger.unfinished();
  for (const evaluation of unfinished) if (!runs.has(evaluation.id)) takeUp(evaluation, deps);
  const wanted = runs.ids();
  for (const id of known) if (!wanted.has(id)) await removeLeftover(id, deps);
  await workspace.sweep((id) => wanted.has(id));
  // A process may have been killed after an evaluation ended and before it released the dataset. Evaluations queued
  // while the engine did not answer are in the ledger by now.
  const kept = (await workspace.leftLeases())
    .map((id) => ledger.get(id))
    .filter((one) => one !== null)
    .filter(({ status }) => status !== "succeeded");
  const keptIds = new Set(kept.map(({ id }) => id));
  await workspace.keepLeases((id) => keptIds.has(id));
  return kept.filter(({ status }) => isFinal(status));
}

async function removeLeftover(
  id: string,
  { executor, log }: Pick<TakeUpDependencies, "executor" | "log">,
): Promise<void> {
  await executor.remove(id).catch((error) =>
    log.error("a container without an evaluation remains", { evaluation: id, error: String(error) })
  );
}

/** Resumes one evaluation from its state in the ledger. */
export function takeUp(
  evaluation: Evaluation,
  { ledger, pool, runs, log }: Pick<TakeUpDependencies, "ledger" | "pool" | "runs" | "log">,
): void {
  const { id, status, gpus, submitted } = evaluation;
  if (status === "building") {
    // No container has run yet, so the interrupted attempt does not count.
    ledger.change(id, "queued", { attempt: Math.max(0, evaluation.attempt - 1), gpus: [] });
  } else if (status === "running" || (status === "queued" && submitted === true)) {
    // If its container is gone, following it detects that and decides on a retry.
    const places = evaluation.provenance[PLACES];
    const claim: Claim = gpus.length > 0
      ? { gpus }
      : { cpu: true, ...(typeof places === "number" ? { places } : {}) };
    log.info("taken up again", { evaluation: id, status });
    pool.retake(claim);
    runs.launch(evaluation, claim);
  } else if (status === "scoring") {
    log.info("taken up again", { evaluation: id, status });
    runs.launch(evaluation, null);
  }
}
