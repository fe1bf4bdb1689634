import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";

/**
 * The states of an evaluation and the ways between them; ARCHITECTURE.md draws this table.
 * The ways back to `queued` are those of a run that the platform, not the model, has broken off.
 */
export const TRANSITIONS: Readonly<Record<EvaluationStatus, readonly EvaluationStatus[]>> = {
  queued: ["building", "cancelled", "failed"],
  building: ["running", "failed", "cancelled", "queued"],
  running: ["scoring", "failed", "cancelled", "queued"],
  scoring: ["succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** Tells whether an evaluation in this state has ended for good. */
export function isFinal(status: EvaluationStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** @returns whether there is a way */
export function canChange(from: EvaluationStatus, to: EvaluationStatus): boolean {
  return TRANSITIONS[from].includes(to);
}
