import type { EvaluationRequest } from "../../shared/contracts/evaluations.ts";
import type { Failure, RunEnd } from "./executor.ts";

/** Exit code of a process that SIGKILL has ended. */
const KILLED = 137;

/**
 * Reads from how a container ended whether the run failed, and why. Memory is looked at first: a
 * script may end with 0 although the kernel has killed its child.
 *
 * @param end exit code and what the engine knows
 * @param context whether mammoeval stopped it for time, and what was asked for
 * @returns the failure, or null when it ended well
 */
export function failureOfEnd(
  end: Extract<RunEnd, { kind: "exited" }>,
  context: { timedOut: boolean; request: Pick<EvaluationRequest, "timeout_s" | "device"> },
): Failure | null {
  // What has ended by itself in the meantime, perhaps while nobody looked, was not stopped.
  if (context.timedOut && end.exitCode === KILLED) {
    return {
      type: "timed_out",
      message:
        `The run took longer than timeout_s = ${context.request.timeout_s} s and was stopped: ` +
        "allow more time or evaluate fewer exams",
    };
  }
  if (end.outOfMemory) {
    return {
      type: "out_of_memory",
      message:
        "The run needed more memory than it may have: raise MAMMOEVAL_MEMORY or lower NUM_PROCESSES",
    };
  }
  if (end.exitCode === 0) return null;
  const hint = end.exitCode === KILLED
    ? " (killed)"
    : end.engineError === ""
    ? ""
    : ` (${end.engineError})`;
  return {
    type: "container_failed",
    message:
      `predict.sh ended with exit code ${end.exitCode}${hint}: the log's last lines tell why`,
  };
}
