import type { Evaluation } from "../ledger/ledger.ts";
import type { RunDependencies } from "./run.ts";

/**
 * Clears away what an evaluation that did not succeed may have left outside its folder: a score that was made
 * while it was cancelled, and then the lease of its dataset. The lease goes last: as long as it is there, the
 * next start does this again.
 *
 * @param evaluation that was cancelled or failed
 * @param deps scoring, files
 * @throws {Problem} when scoring does not answer
 */
export async function clearEnded(
  evaluation: Evaluation,
  { scoring, workspace }: Pick<RunDependencies, "scoring" | "workspace">,
): Promise<void> {
  await scoring.remove(evaluation.id);
  await workspace.release(evaluation);
}
