import type { Failure, OutputLine, RunEnd } from "../engine/executor.ts";
import { failureOfEnd } from "./failure_of_end.ts";
import { BEGAN } from "../ledger/ledger.ts";
import { refuseChangedImages } from "./refuse_changed_images.ts";
import { findModelOf } from "../models/private_model.ts";
import { change, refuseAbandoned, type Run, RunBrokenOff, RunFailure } from "./run.ts";
import { limitsFor } from "./run_limits.ts";
import { createOutputTaker } from "./take_output.ts";
import { untilAnswered } from "./until_answered.ts";
import { type RunWatch, watchRun } from "./watch_run.ts";

/** From `running` to `scoring`: follows the container to its end and stores its predictions. A job may still wait. */
export async function followStage(run: Run): Promise<void> {
  const { executor, workspace, site } = run.deps;
  const { id, request } = run.evaluation;
  const limits = limitsFor(request.limits, site.limits);
  const watch = watchRun(run, { ...limits, timeoutS: request.timeout_s }, ranBefore(run));
  const taker = createOutputTaker(run, watch);
  const { since, isNew } = run.runLog.resume();
  const takeNew = (line: OutputLine): void => void (isNew(line) && taker.line(line));
  try {
    const end = await executor.follow(id, takeNew, since, taker);
    refuseAbandoned(run);
    // How a stopped run ends depends on the executor.
    if (end.kind !== "exited" && watch.breach !== null) throw new RunFailure(watch.breach);
    if (end.kind === "failed") throw new RunFailure(end.failure);
    if (end.kind === "vanished") throw new RunBrokenOff(end.reason);
    run.runLog.say(
      `container ended with ${end.exitCode}${end.outOfMemory ? ", out of memory" : ""}`,
    );
    const freeBytes = end.exitCode === 0 ? null : await workspace.freeBytes();
    const failure = failureOfEnd(end, {
      breach: watch.breach,
      limits,
      tail: run.runLog.tail(),
      freeBytes,
      diskFreeBytes: site.diskFreeBytes,
    });
    if (failure !== null && watch.breach === null && isEnginesDoing(end, run)) {
      throw new RunBrokenOff();
    }
    // A model also fails when an image is missing; then the image is the reason.
    if (failure === null || failure.type === "container_failed") await refuseChangedImages(run);
    if (failure !== null) throw new RunFailure(await withViewsHint(run, failure));
  } finally {
    watch.end();
    taker.end();
    await addRecorded(run, watch);
    noteUse(run, watch);
  }
  // Its start was not reported: this process was down meanwhile.
  if (run.evaluation.status === "queued") change(run, "running", {});
  await joinParts(run);
  const digest = await takePredictions(run);
  const outputs = await takeOutputs(run);
  change(run, "scoring", {
    progress: { done: null, total: null, note: null },
    provenance: { ...run.evaluation.provenance, predictions_sha256: digest, ...outputs },
  });
  await executor.remove(id);
  await workspace.clear(id);
}

/**
 * A restarting engine ends its containers, perhaps unobserved: if the machine or this process restarted too, only
 * the signal that ended the container shows it.
 */
function isEnginesDoing(end: Extract<RunEnd, { kind: "exited" }>, { takenUp }: Run): boolean {
  return end.engineWasAway === true ||
    (takenUp && !end.outOfMemory && ENDED_BY_SIGNAL.has(end.exitCode));
}

/** Exit codes after SIGKILL or SIGTERM, and the code that an engine records if it missed the end. */
const ENDED_BY_SIGNAL: ReadonlySet<number> = new Set([137, 143, 255]);

/**
 * How long the run has already taken, in milliseconds. One process uses its monotonic clock. A process that resumes
 * a run uses the machine's uptime, which the ledger stores: neither clock jumps when the time is set.
 */
function ranBefore({ evaluation, takenUp, deps }: Run): number {
  if (!takenUp) return 0;
  const began = evaluation.provenance[BEGAN];
  if (typeof began === "number") return Math.max(0, Deno.osUptime() - began) * 1000;
  // A run that still waits in the executor's queue has not begun.
  if (deps.executor.name === "slurm" || evaluation.runningSince === null) return 0;
  return Math.max(0, Date.now() - Date.parse(evaluation.runningSince));
}

/** A cluster's record is complete only some time after the end; a cancelled run does not wait for it. */
async function addRecorded({ deps, evaluation, signals }: Run, watch: RunWatch): Promise<void> {
  if (deps.executor.recorded === undefined || signals.cancelled.aborted) return;
  // A process that finds a job ended has not measured it; what the node left is still there.
  const last = await deps.executor.measure(evaluation.id, evaluation.gpus).catch(() => null);
  if (last !== null) watch.record({ ...last, unknown: {} });
  watch.record(await deps.executor.recorded([evaluation.id]));
}

/** Adds the resource use to the provenance, of failed runs too: it shows which limit to raise. */
function noteUse(run: Run, watch: RunWatch): void {
  const { [BEGAN]: _, ...rest } = run.evaluation.provenance;
  const provenance = { ...rest, run_ms: watch.ranMs(), resources: { ...watch.used } };
  run.evaluation = { ...run.evaluation, provenance };
}

/** Invalid outputs besides the predictions do not fail the evaluation. */
async function takeOutputs(run: Run): Promise<{ outputs?: Record<string, unknown> }> {
  const { catalogue, workspace } = run.deps;
  const { request } = run.evaluation;
  const lookup = await findModelOf(request, catalogue);
  const declared = lookup.ok ? lookup.model.manifest.outputs ?? [] : [];
  if (declared.length === 0) return {};
  const { refused = [], ...kept } = await workspace.keepOutputs(run.evaluation, declared);
  for (const message of refused) run.runLog.say(`warning: ${message}`);
  // Only a count: a message quotes the container, and everybody sees the provenance.
  return { outputs: { ...kept, ...(refused.length > 0 && { refused: refused.length }) } };
}

/** Names exams that lack views, if that may be why a model failed. */
async function withViewsHint(run: Run, failure: Failure): Promise<Failure> {
  const { catalogue, workspace } = run.deps;
  const { request } = run.evaluation;
  if (!["container_failed", "invalid_predictions"].includes(failure.type)) return failure;
  const lookup = await findModelOf(request, catalogue);
  if (!lookup.ok || lookup.model.manifest.views !== undefined) return failure;
  return { ...failure, message: failure.message + await workspace.viewsHint(run.evaluation) };
}

async function joinParts({ evaluation, deps: { workspace } }: Run): Promise<void> {
  if (evaluation.provenance["shards"] === undefined) return;
  await workspace.joinParts(evaluation).catch((error) => {
    if (!(error instanceof RangeError)) throw error;
    throw new RunFailure({
      type: "invalid_predictions",
      message: `What the parts of the run wrote cannot be joined: it is ${error.message}`,
    });
  });
}

async function takePredictions(run: Run): Promise<string> {
  const { workspace } = run.deps;
  const left = await workspace.checkPredictions(run.evaluation).catch((error) => {
    if (!(error instanceof RangeError)) throw error;
    throw new RunFailure({
      type: "invalid_predictions",
      message: `The predictions file cannot be scored: it is ${error.message}`,
    });
  });
  if (left === null) {
    const failure = {
      type: "invalid_predictions",
      message:
        "predict.sh ended without an error but wrote no predictions file: see the last lines of the log",
    } as const;
    throw new RunFailure(await withViewsHint(run, failure));
  }
  const { total, errors, warnings } = left;
  for (const { message } of warnings) run.runLog.say(`warning: ${message}`);
  if (total > 0) {
    const more = total > 1 ? ` (${total} faults in all)` : "";
    throw new RunFailure(
      {
        type: "invalid_predictions",
        message: `The predictions cannot be scored: ${errors[0]!.message}${more}`,
      },
      errors,
    );
  }
  await untilAnswered(run, "the volume", () => workspace.keepPredictions(run.evaluation, left));
  return left.digest;
}
