import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";

/** The transitions, as in ARCHITECTURE.md; back to `queued` go only interrupted runs and jobs of a cluster. */
export const TRANSITIONS: Readonly<Record<EvaluationStatus, readonly EvaluationStatus[]>> = {
  queued: ["building", "running", "cancelled", "failed"],
  building: ["running", "failed", "cancelled", "queued"],
  running: ["scoring", "failed", "cancelled", "queued"],
  scoring: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export function isFinal(status: EvaluationStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

export function canChange(from: EvaluationStatus, to: EvaluationStatus): boolean {
  return TRANSITIONS[from].includes(to);
}
