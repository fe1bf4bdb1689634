import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";

/**
 * The states of an evaluation and their transitions; ARCHITECTURE.md draws this table. The transitions back to
 * `queued` are for runs that the platform, not the model, interrupted, and for jobs that wait in a cluster's queue;
 * only these go from `queued` to `running`.
 */
export const TRANSITIONS: Readonly<Record<EvaluationStatus, readonly EvaluationStatus[]>> = {
  queued: ["building", "running", "cancelled", "failed"],
  building: ["running", "failed", "cancelled", "queued"],
  running: ["scoring", "failed", "cancelled", "queued"],
  scoring: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** Whether this state is final. */
export function isFinal(status: EvaluationStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Whether the state machine allows this transition. */
export function canChange(from: EvaluationStatus, to: EvaluationStatus): boolean {
  return TRANSITIONS[from].includes(to);
}
