import { type Caller, mayAccessTruth } from "../../../shared/http/mod.ts";
import type { DatasetClient } from "../clients.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Evaluation, KeptAnswer, Ledger } from "../ledger/ledger.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { enforceOpen } from "./enforce_open.ts";
import { enforceQuota } from "./enforce_quota.ts";

/** What queueing takes. */
export interface QueueDependencies {
  readonly ledger: Ledger;
  readonly workspace: Pick<Workspace, "lease" | "release">;
  readonly dispatcher: Pick<Dispatcher, "kick">;
  readonly datasets: Pick<DatasetClient, "get">;
  /** Evaluations of one model version on one dataset that a submitter may have. */
  readonly quota: number;
}

/**
 * Writes new evaluations down, all or none, and lets the dispatcher look: the one way into the queue.
 *
 * @param evaluations as they were submitted
 * @param caller who asked
 * @param deps ledger, files, datasets
 * @param kept the answer that is kept for an `Idempotency-Key`, if there is one
 * @throws {Problem} when the dataset has gone, a quota is used up, or the volume is full
 */
export async function queueEvaluations(
  evaluations: readonly Evaluation[],
  caller: Caller,
  { ledger, workspace, dispatcher, datasets, quota }: QueueDependencies,
  kept?: { key: string; answer: KeptAnswer },
): Promise<void> {
  try {
    for (const evaluation of evaluations) await workspace.lease(evaluation);
    // Somebody who deleted a dataset since it was looked at saw no lease yet: is it still there?
    for (const id of new Set(evaluations.map(({ request }) => request.dataset))) {
      await datasets.get(id);
    }
    // Nothing may come between counting and writing down: no await from here on.
    enforceOpen(evaluations, caller, ledger);
    enforceQuota(evaluations, caller, { uses: ledger.uses, quota });
    ledger.addAll(
      evaluations.map((one) => ({
        ...one,
        seesTruth: mayAccessTruth(caller, { dataset: one.request.dataset }),
      })),
      kept,
    );
  } catch (error) {
    for (const evaluation of evaluations) await workspace.release(evaluation).catch(() => {});
    throw error;
  }
  dispatcher.kick();
}
