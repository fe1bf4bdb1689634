import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import type { Log } from "../../../shared/http/mod.ts";
import type { DatasetClient, ScoringClient } from "../clients.ts";
import type { JobSite } from "./describe_job.ts";
import type { DiskGuard } from "./disk_guard.ts";
import type { Executor, Failure } from "../executors/executor.ts";
import type { Evaluation, EvaluationPatch, Ledger } from "../ledger/ledger.ts";
import type { ModelCatalogue } from "../models/model_catalogue.ts";
import type { RunLog } from "../workspace/run_log.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** What running evaluations takes. */
export interface RunDependencies {
  readonly ledger: Ledger;
  readonly executor: Executor;
  readonly catalogue: ModelCatalogue;
  readonly datasets: DatasetClient;
  readonly scoring: ScoringClient;
  readonly workspace: Workspace;
  readonly site: JobSite;
  readonly log: Log;
}

/** What the dispatcher tells a run, and what it wants to hear. */
export interface RunSignals {
  /** Fires when the evaluation was cancelled. */
  readonly cancelled: AbortSignal;
  /** Fires when this process stops: what can wait for the next one is left as it is. */
  readonly stopping: AbortSignal;
  /** Told once the device is free, which is before the predictions are scored. */
  readonly onDeviceFree: () => void;
  /** Shared by all runs of the volume. */
  readonly diskGuard: DiskGuard;
  /** Told when a run was cancelled or failed while it was scored: a score may be there or still come. */
  readonly onEndedEarly: (evaluation: Evaluation) => Promise<void>;
}

/** One run under way. */
export interface Run {
  readonly deps: RunDependencies;
  readonly signals: RunSignals;
  readonly runLog: RunLog;
  /** An earlier process has started the container: nobody looked for a while. */
  readonly takenUp: boolean;
  evaluation: Evaluation;
}

/** Ends a run early for a reason that goes into the ledger. */
export class RunFailure extends Error {
  readonly failure: Failure;
  readonly faults: readonly Fault[];
  constructor(failure: Failure, faults: readonly Fault[] = []) {
    super(failure.message);
    this.failure = failure;
    this.faults = faults;
  }
}

/** The evaluation has left the state in which this run had it: it was cancelled. */
export class RunAbandoned extends Error {}

/** The platform broke the run off, not the model: the container is gone, or the engine went away. */
export class RunBrokenOff extends Error {}

/** This process stops; the next one goes on from what the ledger says. */
export class RunPostponed extends Error {}

/**
 * Writes a change of state before anything relies on it.
 *
 * @throws {RunAbandoned} when there is no such way from where the evaluation really is
 */
export function change(run: Run, to: EvaluationStatus, patch: EvaluationPatch): void {
  const changed = run.deps.ledger.change(run.evaluation.id, to, patch);
  if (changed === null) throw new RunAbandoned();
  run.evaluation = changed;
}

/** @throws {RunAbandoned} when it was */
export function refuseAbandoned(run: Run): void {
  if (run.signals.cancelled.aborted) throw new RunAbandoned();
}
