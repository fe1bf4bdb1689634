import type { Evaluation } from "../ledger/ledger.ts";
import type { PostponedWork } from "./postponed_work.ts";
import type { RunDependencies } from "./run.ts";

/** Clears away what an evaluation that was cancelled or failed may have left; never rejects. */
export type ClearEnded = (evaluation: Evaluation) => Promise<void>;

/**
 * Removes the score that may have been made while an evaluation was cancelled, and then the lease of its
 * dataset. The lease goes last: as long as it is there, the next start does this again. While scoring does
 * not answer it is tried again and again.
 *
 * @param deps scoring, files
 * @param postponed for further attempts
 */
export function createClearEnded(
  { scoring, workspace, log }: Pick<RunDependencies, "scoring" | "workspace" | "log">,
  postponed: PostponedWork,
): ClearEnded {
  return async function clear(evaluation): Promise<void> {
    const { id } = evaluation;
    try {
      await scoring.remove(id);
      await workspace.release(evaluation);
    } catch (error) {
      log.warn("an evaluation's score cannot be removed yet", {
        evaluation: id,
        error: `${error}`,
      });
      postponed.later(() => void clear(evaluation));
    }
  };
}
