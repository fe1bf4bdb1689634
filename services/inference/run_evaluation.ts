import type { EvaluationError, EvaluationStatus } from "../../shared/contracts/evaluations.ts";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Fault } from "../../shared/domain/mod.ts";
import type { Log } from "../../shared/http/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import { checkPredictions } from "./check_predictions.ts";
import type { DatasetClient, ScoringClient } from "./clients.ts";
import { recordOf } from "./evaluation_record.ts";
import type { ContainerImage, Executor, Failure, OutputLine } from "./executor.ts";
import { failureOfEnd } from "./failure_of_end.ts";
import { describeJob, type JobSite } from "./describe_job.ts";
import type { Evaluation, EvaluationPatch, Ledger } from "./ledger.ts";
import type { Model, ModelCatalogue } from "./model_catalogue.ts";
import { readProgress } from "./read_progress.ts";
import type { RunLog } from "./run_log.ts";
import type { Workspace } from "./workspace.ts";

/** Starts of one evaluation that the platform allows itself: the first, and one after a breakdown. */
const ATTEMPTS_MAX = 2;
/** Least time between two progress entries in the ledger, in milliseconds. */
const PROGRESS_INTERVAL_MS = 1000;

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

/** Ends a run early for a reason that goes into the ledger. */
class RunFailure extends Error {
  readonly failure: Failure;
  readonly faults: readonly Fault[];
  constructor(failure: Failure, faults: readonly Fault[] = []) {
    super(failure.message);
    this.failure = failure;
    this.faults = faults;
  }
}

/** The evaluation has left the state in which this run had it: it was cancelled. */
class RunAbandoned extends Error {}

/** The container is gone and nobody knows how it ended. */
class RunVanished extends Error {}

/** One run under way. */
interface Run {
  readonly deps: RunDependencies;
  readonly signal: AbortSignal;
  readonly runLog: RunLog;
  evaluation: Evaluation;
}

/**
 * Takes one evaluation through its stages, from wherever it stands, to an end. Every stage is
 * written to the ledger before anything relies on it, so that another process can go on from there.
 *
 * @param evaluation in state `building` (fresh), `running` (its container is known to the executor)
 *   or `scoring`
 * @param deps ledger, executor, clients
 * @param signal fires when the evaluation was cancelled
 */
export async function runEvaluation(
  evaluation: Evaluation,
  deps: RunDependencies,
  signal: AbortSignal,
): Promise<void> {
  const run: Run = { deps, signal, evaluation, runLog: await deps.workspace.openLog(evaluation) };
  try {
    if (run.evaluation.status === "building") await build(run);
    if (run.evaluation.status === "running") await follow(run);
    if (run.evaluation.status === "scoring") await score(run);
  } catch (error) {
    await conclude(run, error);
  } finally {
    run.runLog.close();
    await tidy(run);
  }
}

async function build(run: Run): Promise<void> {
  const { executor, datasets, workspace, site } = run.deps;
  const model = await modelOf(run);
  run.runLog.say(
    `evaluation ${run.evaluation.id}, attempt ${run.evaluation.attempt}: preparing the image of ${model.name}`,
  );
  const started = performance.now();
  // A cancel may have come before there was a build to break off.
  refuseAbandoned(run);
  const provisioned = await executor.provision(model, (line) => run.runLog.line(line), run.signal);
  refuseAbandoned(run);
  if (!provisioned.ok) throw new RunFailure(provisioned.failure);
  const image = provisioned.value;
  run.runLog.say(`image ${image.tag} ${image.digest}`);
  const dataset: DatasetRecord = await datasets.get(run.evaluation.request.dataset);
  const prepared = await workspace.prepare(run.evaluation, model, dataset);
  const job = describeJob({ evaluation: run.evaluation, model, image, prepared, site });
  change(run, "running", {
    runningSince: new Date().toISOString(),
    provenance: {
      ...run.evaluation.provenance,
      ...provenanceOf(model, image, executor),
      parameters: prepared.parameters,
      data_list_sha256: prepared.dataListDigest,
      images_folder_read_only: true,
      user: job.user,
      gpus: job.gpus,
      build_ms: Math.round(performance.now() - started),
    },
  });
  const outcome = await executor.start(job);
  // A stop that came before the container was there has missed it.
  refuseAbandoned(run);
  if (!outcome.ok) throw new RunFailure(outcome.failure);
  run.runLog.say(`started on ${job.device}${job.gpus.length > 0 ? ` ${job.gpus.join(",")}` : ""}`);
}

function provenanceOf(
  model: Model,
  image: ContainerImage,
  executor: Executor,
): Record<string, unknown> {
  return { executor: executor.name, model_version: model.version, image };
}

async function follow(run: Run): Promise<void> {
  const { executor, workspace } = run.deps;
  const { id, request, runningSince } = run.evaluation;
  const started = Date.parse(runningSince ?? new Date().toISOString());
  const left = Math.max(0, started + request.timeout_s * 1000 - Date.now());
  let timedOut = false;
  // setTimeout takes at most 2^31 - 1 milliseconds; the longest time-out is 30 days.
  const stopAt = setInterval(() => {
    if (Date.now() - started < request.timeout_s * 1000) return;
    timedOut = true;
    void executor.stop(id);
  }, Math.max(10, Math.min(left, 1000)));
  try {
    const end = await executor.follow(id, createLineTaker(run), run.runLog.lastSeen);
    refuseAbandoned(run);
    if (end.kind === "vanished") throw new RunVanished();
    run.runLog.say(
      `container ended with ${end.exitCode}${end.outOfMemory ? ", out of memory" : ""}`,
    );
    const failure = failureOfEnd(end, { timedOut, request });
    if (failure !== null) throw new RunFailure(failure);
  } finally {
    clearInterval(stopAt);
  }
  const digest = await takePredictions(run);
  change(run, "scoring", {
    provenance: {
      ...run.evaluation.provenance,
      predictions_sha256: digest,
      run_ms: Date.now() - started,
    },
  });
  await executor.remove(id);
  await workspace.clear(id);
}

function createLineTaker(run: Run): (line: OutputLine) => void {
  let written = 0;
  return (line) => {
    run.runLog.line(line);
    const progress = readProgress(line.text, run.evaluation.progress);
    if (progress === null) return;
    run.evaluation = { ...run.evaluation, progress };
    if (performance.now() - written < PROGRESS_INTERVAL_MS) return;
    written = performance.now();
    run.deps.ledger.update(run.evaluation.id, { progress });
  };
}

async function takePredictions(run: Run): Promise<string> {
  const { workspace } = run.deps;
  const left = await workspace.leftPredictions(run.evaluation).catch((error) => {
    if (!(error instanceof RangeError)) throw error;
    throw new RunFailure({
      type: "invalid_predictions",
      message: `The predictions file cannot be scored: it is ${error.message}`,
    });
  });
  if (left === null) {
    throw new RunFailure({
      type: "invalid_predictions",
      message:
        "predict.sh ended without an error and wrote no predictions file: the log's last lines may tell why",
    });
  }
  const exams = await workspace.exams(run.evaluation.request.dataset);
  const { errors, warnings } = checkPredictions(left.text, exams);
  for (const { message } of warnings.slice(0, 20)) run.runLog.say(`warning: ${message}`);
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (${errors.length} faults in all)` : "";
    throw new RunFailure(
      {
        type: "invalid_predictions",
        message: `The predictions cannot be scored: ${errors[0]!.message}${more}`,
      },
      errors,
    );
  }
  await workspace.keepPredictions(run.evaluation, left);
  return left.digest;
}

async function score(run: Run): Promise<void> {
  const { scoring, workspace, ledger } = run.deps;
  const { id, request, provenance } = run.evaluation;
  const started = performance.now();
  let scoreId: string;
  try {
    scoreId = await scoring.score({
      evaluation: id,
      dataset: request.dataset,
      model: request.model,
      experiment: request.experiment,
      predictions: workspace.predictionsPath(run.evaluation),
      bootstrap: request.bootstrap,
      operating_points: request.operating_points,
      prevalence: request.prevalence,
      provenance,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunFailure({
      type: "scoring_failed",
      message: `The predictions are kept and could not be scored: ${reason}`,
    });
  }
  const patch = {
    score: scoreId,
    finishedAt: new Date().toISOString(),
    progress: { done: null, total: null, note: null },
    provenance: { ...provenance, score_ms: Math.round(performance.now() - started) },
  };
  run.runLog.say(`scored: /v1/scores/${scoreId}`);
  await workspace.writeRecord(
    run.evaluation,
    recordOf({ ...run.evaluation, ...patch, status: "succeeded" }),
  );
  if (ledger.change(id, "succeeded", patch) === null) throw new RunAbandoned();
}

async function modelOf(run: Run): Promise<Model> {
  const lookup = await run.deps.catalogue.find(run.evaluation.request.model);
  if (lookup.ok) return lookup.model;
  throw new RunFailure({ type: "image_missing", message: lookup.message });
}

function change(run: Run, to: EvaluationStatus, patch: EvaluationPatch): void {
  const changed = run.deps.ledger.change(run.evaluation.id, to, patch);
  if (changed === null) throw new RunAbandoned();
  run.evaluation = changed;
}

function refuseAbandoned(run: Run): void {
  if (run.signal.aborted) throw new RunAbandoned();
}

/** Writes down how a run that did not succeed has ended. */
async function conclude(run: Run, error: unknown): Promise<void> {
  const { ledger, workspace, log } = run.deps;
  const { id, attempt } = run.evaluation;
  if (error instanceof RunAbandoned || run.signal.aborted) {
    run.runLog.say("cancelled");
    const now = ledger.get(id);
    if (now !== null) await workspace.writeRecord(now, recordOf(now));
    return;
  }
  if (error instanceof RunVanished && attempt < ATTEMPTS_MAX) {
    run.runLog.say("the container has vanished: queued again");
    if (ledger.change(id, "queued", { runningSince: null, gpus: [] }) !== null) return;
  }
  if (!(error instanceof RunFailure) && !(error instanceof RunVanished)) {
    log.error("run broke off", {
      evaluation: id,
      error: String(error),
      stack: (error as Error)?.stack,
    });
  }
  const evaluationError = errorOf(run, error);
  run.runLog.say(`failed: ${evaluationError.type}: ${evaluationError.message}`);
  const patch = { error: evaluationError, finishedAt: new Date().toISOString() };
  await workspace.writeRecord(
    run.evaluation,
    recordOf({ ...run.evaluation, ...patch, status: "failed" }),
  )
    .catch((cause) => log.error("record not written", { evaluation: id, error: String(cause) }));
  ledger.change(id, "failed", patch);
}

function errorOf(run: Run, error: unknown): EvaluationError {
  const { type, message } = failureOf(error);
  return {
    type,
    message,
    stage: run.evaluation.status,
    log_tail: run.runLog.tail(),
    faults: error instanceof RunFailure
      ? error.faults.slice(0, FAULTS_LISTED_MAX).map((fault) => ({ ...fault }))
      : [],
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof RunFailure) return error.failure;
  if (error instanceof RunVanished) {
    return {
      type: "interrupted",
      message: "The container has vanished twice: is something else removing containers?",
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  // ENOSPC is 28 on Linux; Deno and Node each spell it their own way.
  if (/os error 28|ENOSPC|database or disk is full/i.test(reason)) {
    return {
      type: "disk_full",
      message: "The results volume is full: free some space, then evaluate again",
    };
  }
  return { type: "interrupted", message: `mammoeval itself could not go on: ${reason}` };
}

async function tidy(run: Run): Promise<void> {
  const { executor, workspace, ledger, log } = run.deps;
  const { id } = run.evaluation;
  try {
    await executor.remove(id);
    await workspace.clear(id);
    if (ledger.get(id)?.status !== "queued") await workspace.release(run.evaluation);
  } catch (error) {
    log.warn("scratch files stay until the next start", { evaluation: id, error: String(error) });
  }
}
