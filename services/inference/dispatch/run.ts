import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import type { Fault } from "../../../shared/domain/mod.ts";
import type { Log } from "../../../shared/http/mod.ts";
import type { DatasetClient, ScoringClient } from "../clients.ts";
import type { JobSite } from "./describe_job.ts";
import type { DiskGuard } from "./disk_guard.ts";
import type { Executor, Failure } from "../engine/executor.ts";
import type { Evaluation, EvaluationPatch, Ledger } from "../ledger/ledger.ts";
import type { ModelCatalogue } from "../models/model_catalogue.ts";
import type { RunLog } from "../workspace/run_log.ts";
import type { Workspace } from "../workspace/workspace.ts";

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

/** Signals and callbacks between the dispatcher and a run. */
export interface RunSignals {
  readonly cancelled: AbortSignal;
  /** Fires when this process stops; the run then leaves what the next process can continue. */
  readonly stopping: AbortSignal;
  /** Called once the device is free, before the predictions are scored. */
  readonly onDeviceFree: () => void;
  /** Shared by all runs of the volume. */
  readonly diskGuard: DiskGuard;
  /** Called when a run was cancelled or failed while being scored: a score may exist or still appear. */
  readonly onEndedEarly: (evaluation: Evaluation) => Promise<void>;
}

export interface Run {
  readonly deps: RunDependencies;
  readonly signals: RunSignals;
  readonly runLog: RunLog;
  /** An earlier process started the container; for a while nobody watched it. */
  readonly takenUp: boolean;
  evaluation: Evaluation;
}

/** Ends a run with a failure that goes into the ledger. */
export class RunFailure extends Error {
  readonly failure: Failure;
  readonly faults: readonly Fault[];
  constructor(failure: Failure, faults: readonly Fault[] = []) {
    super(failure.message);
    this.failure = failure;
    this.faults = faults;
  }
}

/** The evaluation is no longer in the run's state: it was cancelled. */
export class RunAbandoned extends Error {}

/** The platform interrupted the run, not the model: the container is gone, or the engine went away. May say why. */
export class RunBrokenOff extends Error {}

/** This process stops; the next one continues from the ledger. */
export class RunPostponed extends Error {}

/**
 * Writes a state change to the ledger before anything relies on it.
 * @throws {RunAbandoned} when the evaluation's actual state does not allow the change
 */
export function change(run: Run, to: EvaluationStatus, patch: EvaluationPatch): void {
  const changed = run.deps.ledger.change(run.evaluation.id, to, patch);
  if (changed === null) throw new RunAbandoned();
  run.evaluation = changed;
}

/** Patch of an evaluation whose job waits in a cluster: the run begins when the cluster starts it. */
export const WAITS_IN_CLUSTER = { submitted: true, runningSince: null, startedAt: null } as const;

/** Throws {@link RunAbandoned} if the evaluation was cancelled. */
export function refuseAbandoned(run: Run): void {
  if (run.signals.cancelled.aborted) throw new RunAbandoned();
}
