import { Problem } from "../../../shared/http/mod.ts";
import type { ScoringClient } from "../clients.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import type { Workspace } from "../workspace/workspace.ts";

export interface DeleteDependencies {
  readonly ledger: Ledger;
  readonly scoring: ScoringClient;
  readonly workspace: Workspace;
}

/**
 * Deletes an ended evaluation. The row goes last, so that an interrupted delete can be repeated.
 * @throws {Problem} `not_finished` while it is under way; scoring's problem if it cannot delete the score
 */
export async function deleteEvaluation(
  evaluation: Evaluation,
  { ledger, scoring, workspace }: DeleteDependencies,
): Promise<void> {
  if (!isFinal(evaluation.status)) {
    throw new Problem(
      "not_finished",
      `Evaluation ${evaluation.id} is ${evaluation.status}: cancel it first, or wait until it ends`,
    );
  }
  if (evaluation.score !== null) await scoring.remove(evaluation.score);
  await workspace.discard(evaluation);
  ledger.remove(evaluation.id);
}
