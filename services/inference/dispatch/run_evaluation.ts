import type {
  EvaluationError,
  EvaluationErrorType,
} from "../../../shared/contracts/evaluations.ts";
import { FAULTS_LISTED_MAX } from "../../../shared/limits.ts";
import { isDiskFull } from "../../../shared/volume/mod.ts";
import { recordOf } from "../ledger/evaluation_record.ts";
import type { Failure } from "../engine/executor.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import {
  type Run,
  RunAbandoned,
  RunBrokenOff,
  type RunDependencies,
  RunFailure,
  RunPostponed,
  type RunSignals,
} from "./run.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { buildStage } from "./stage_build.ts";
import { followStage } from "./stage_follow.ts";
import { requiredViewsOf } from "../models/required_views.ts";
import { untilAnswered } from "./until_answered.ts";

/** Attempts per evaluation: the first, and one retry after the platform interrupted it. */
const ATTEMPTS_MAX = 2;

/**
 * Takes an evaluation from its stage to its end: `building` (fresh), `running` or `queued` (the executor knows it) or
 * `scoring`. The ledger knows every stage before anything relies on it, so that another process can continue.
 */
export async function runEvaluation(
  evaluation: Evaluation,
  deps: RunDependencies,
  signals: RunSignals,
): Promise<void> {
  const runLog = await deps.workspace.openLog(evaluation);
  const run: Run = { deps, signals, evaluation, runLog, takenUp: evaluation.status !== "building" };
  try {
    if (!run.takenUp && evaluation.request.priority !== 0) {
      runLog.say(
        "warning: priority is ignored: users take turns, each with the oldest evaluation first",
      );
    }
    if (run.evaluation.status === "building") await buildStage(run);
    if (["queued", "running"].includes(run.evaluation.status)) await followStage(run);
    signals.onDeviceFree();
    if (run.evaluation.status === "scoring") await scoreStage(run);
  } catch (error) {
    if (error instanceof RunPostponed) return;
    await conclude(run, error);
  } finally {
    run.runLog.close();
    await tidy(run);
  }
}

/** Records how an unsuccessful run ended. */
async function conclude(run: Run, error: unknown): Promise<void> {
  const { ledger, workspace, log } = run.deps;
  const { id, attempt } = run.evaluation;
  if (error instanceof RunAbandoned || run.signals.cancelled.aborted) {
    run.runLog.say("cancelled");
    await workspace.keepPartial(run.evaluation);
    const now = ledger.get(id);
    if (now !== null) await workspace.writeRecord(now, recordOf(now));
    return;
  }
  if (error instanceof RunBrokenOff && attempt < ATTEMPTS_MAX) {
    const why = error.message === "" ? "" : ` (${error.message})`;
    run.runLog.say(`the platform interrupted the run${why}: queued again`);
    const patch = { runningSince: null, gpus: [], submitted: false };
    // The cluster may have lost a job that still waited.
    const isQueued = run.evaluation.status === "queued";
    const queued = isQueued ? ledger.update(id, patch) : ledger.change(id, "queued", patch);
    if (queued !== null) return;
  }
  if (!(error instanceof RunFailure) && !(error instanceof RunBrokenOff)) {
    log.error("run interrupted", {
      evaluation: id,
      error: String(error),
      stack: (error as Error)?.stack,
    });
  }
  await writeFailure(run, errorOf(run, error));
}

const FILLED_DISK: ReadonlySet<EvaluationErrorType> = new Set(["disk_full", "disk_limit_exceeded"]);

/** Removes the preprocessed images that filled a disk, unless other evaluations use them. */
async function freeDisk({ deps: { ledger, workspace }, evaluation }: Run): Promise<void> {
  const shared = ledger.unfinished().some((other) =>
    other.id !== evaluation.id && workspace.sharePreprocessed(evaluation, other)
  );
  if (!shared) await workspace.dropPreprocessed(evaluation);
}

async function writeFailure(run: Run, error: EvaluationError): Promise<void> {
  const { ledger, workspace, log } = run.deps;
  const { id, provenance } = run.evaluation;
  run.runLog.say(`failed: ${error.type}: ${error.message}`);
  const patch = { error, provenance, finishedAt: new Date().toISOString() };
  try {
    if (FILLED_DISK.has(error.type)) await freeDisk(run);
    await workspace.keepPartial(run.evaluation);
    await workspace.sweepHalfWritten(run.evaluation);
    await workspace.writeRecord(
      run.evaluation,
      recordOf({ ...run.evaluation, ...patch, status: "failed" }),
    );
  } catch (cause) {
    log.error("record not written", { evaluation: id, error: String(cause) });
  }
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
  if (error instanceof RunBrokenOff) {
    return {
      type: "interrupted",
      message: error.message !== ""
        ? `The platform interrupted the run twice: ${error.message}`
        : "The container disappeared twice: check whether another program removes containers " +
          "or the machine restarts",
    };
  }
  if (isDiskFull(error)) {
    return {
      type: "disk_full",
      message: "The results volume is full: free some space, then evaluate again",
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { type: "interrupted", message: `mammoeval could not continue: ${reason}` };
}

async function tidy(run: Run): Promise<void> {
  const { executor, workspace, ledger, log } = run.deps;
  const { id } = run.evaluation;
  try {
    await executor.remove(id);
    await workspace.clear(id);
    const status = ledger.get(id)?.status;
    // An evaluation that waits for a retry or for the next process still uses its dataset.
    if (status !== undefined && !isFinal(status)) return;
    if (run.evaluation.status === "scoring" && status !== "succeeded") {
      await run.signals.onEndedEarly(run.evaluation);
    } else await workspace.release(run.evaluation);
  } catch (error) {
    log.warn("scratch files stay until the next start", { evaluation: id, error: String(error) });
  }
}

/** From `scoring` to `succeeded`. The score has the evaluation's id, so repeating this gives the same score. */
async function scoreStage(run: Run): Promise<void> {
  const { workspace, ledger } = run.deps;
  const { id, provenance } = run.evaluation;
  const started = performance.now();
  const scoreId = await orderScore(run);
  const patch = {
    score: scoreId,
    finishedAt: new Date().toISOString(),
    progress: { done: null, total: null, note: null },
    provenance: { ...provenance, score_ms: Math.round(performance.now() - started) },
  };
  run.runLog.say(`scored: /v1/scores/${scoreId}`);
  await workspace.sweepHalfWritten(run.evaluation);
  const record = recordOf({ ...run.evaluation, ...patch, status: "succeeded" });
  await untilAnswered(run, "the volume", () => workspace.writeRecord(run.evaluation, record));
  if (ledger.change(id, "succeeded", patch) === null) throw new RunAbandoned();
}

async function orderScore(run: Run): Promise<string> {
  const { scoring, workspace } = run.deps;
  const { id, user, request, provenance } = run.evaluation;
  try {
    return await untilAnswered(run, "scoring", () =>
      scoring.score({
        evaluation: id,
        dataset: request.dataset,
        model: request.model,
        experiment: request.experiment,
        predictions: workspace.predictionsPath(run.evaluation),
        bootstrap: request.bootstrap,
        operating_points: request.operating_points,
        prevalence: request.prevalence,
        subgroups: request.subgroups,
        truth: request.truth ?? null,
        required_views: requiredViewsOf(run.evaluation),
        provenance: request.private_image === undefined ? provenance : withoutImage(provenance),
      }, user));
  } catch (error) {
    if (error instanceof RunAbandoned || error instanceof RunPostponed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunFailure({
      type: "scoring_failed",
      message: `The predictions are stored but could not be scored: ${reason}`,
    });
  }
}

/** Everybody may read scores, and anyone who knows a private image's digest could run it. */
function withoutImage({ image: _, ...provenance }: Evaluation["provenance"]): typeof provenance {
  return provenance;
}
