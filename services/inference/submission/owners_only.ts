import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { type Caller, Problem, requireTruthAccess } from "../../../shared/http/mod.ts";

/**
 * Refuses what only data owners may ask for: a model author neither gets labels into the container,
 * from where they would come out in its log, nor has groups of single exams measured, nor goes before
 * others in the queue.
 *
 * @param caller who asks
 * @param datasets on which it is asked
 * @param request what is asked
 * @throws {Problem} `forbidden`, saying which field
 */
export function refuseOwnersOnly(
  caller: Caller,
  datasets: readonly string[],
  request: Pick<EvaluationRequest, "blind" | "priority" | "subgroups">,
): void {
  for (const dataset of datasets) {
    if (!request.blind) requireTruthAccess(caller, { dataset }, "An evaluation that is not blind");
    if (typeof request.subgroups !== "boolean") {
      requireTruthAccess(caller, { dataset }, "Subgroups of one's own choice");
    }
  }
  if (caller.role !== "submit" || request.priority <= 0) return;
  throw new Problem(
    "forbidden",
    "priority: a model author waits in turn with the others, or behind them: use 0 or less",
  );
}
