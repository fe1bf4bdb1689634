import { LABEL_MISMATCH } from "../../../shared/domain/mod.ts";
import { checkPredictions } from "./check_predictions.ts";
import type { OutputLine, RunEnd } from "../executors/executor.ts";
import { failureOfEnd } from "./failure_of_end.ts";
import type { Progress } from "../ledger/ledger.ts";
import { readProgress } from "./read_progress.ts";
import { evaluatedExams } from "../submission/required_views.ts";
import { change, refuseAbandoned, type Run, RunBrokenOff, RunFailure } from "./run.ts";
import { limitsFor } from "./run_limits.ts";
import { type RunWatch, watchRun } from "./watch_run.ts";

/** Least time between two progress entries in the ledger, in milliseconds. */
const PROGRESS_INTERVAL_MS = 1000;

/**
 * From `running` to `scoring`: follows the container to its end and takes its predictions.
 *
 * @param run in state `running`, its container known to the executor
 */
export async function followStage(run: Run): Promise<void> {
  const { executor, workspace, site } = run.deps;
  const { id, request, runningSince } = run.evaluation;
  const started = Date.parse(runningSince ?? new Date().toISOString());
  const limits = limitsFor(request.limits, site.limits);
  const watch = watchRun(run, { ...limits, timeoutS: request.timeout_s }, started);
  const taker = createOutputTaker(run, watch);
  try {
    const end = await executor.follow(id, taker.line, run.runLog.lastSeen, taker);
    refuseAbandoned(run);
    // What was stopped here ends in many ways, depending on who carries it out.
    if (end.kind !== "exited" && watch.breach !== null) throw new RunFailure(watch.breach);
    if (end.kind === "failed") throw new RunFailure(end.failure);
    if (end.kind === "vanished") throw new RunBrokenOff();
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
    if (failure !== null) throw new RunFailure(failure);
  } finally {
    watch.end();
    taker.end();
    noteUse(run, watch, started);
  }
  const digest = await takePredictions(run);
  change(run, "scoring", {
    progress: { done: null, total: null, note: null },
    provenance: { ...run.evaluation.provenance, predictions_sha256: digest },
  });
  await executor.remove(id);
  await workspace.clear(id);
}

/**
 * An engine that is started anew ends what still runs. Nobody may have seen that it was away: when the
 * machine or this process was restarted too, only the signal that ended the container tells.
 */
function isEnginesDoing(end: Extract<RunEnd, { kind: "exited" }>, { takenUp }: Run): boolean {
  return end.engineWasAway === true ||
    (takenUp && !end.outOfMemory && ENDED_BY_SIGNAL.has(end.exitCode));
}

/** Exit codes of what SIGKILL or SIGTERM has ended. */
const ENDED_BY_SIGNAL: ReadonlySet<number> = new Set([137, 143]);

/** What was used belongs to the provenance of a failed run too: it tells which limit to raise. */
function noteUse(run: Run, watch: RunWatch, started: number): void {
  const provenance = {
    ...run.evaluation.provenance,
    run_ms: Date.now() - started,
    resources: { ...watch.used },
  };
  run.evaluation = { ...run.evaluation, provenance };
}

/** Takes what an executor tells while a run goes on. */
interface OutputTaker {
  line(line: OutputLine): void;
  onDraft(text: string): void;
  onWaiting(reason: string): void;
  onStarted(at: string, gpus: readonly number[]): void;
  /** Nothing more comes. */
  end(): void;
}

function createOutputTaker(run: Run, watch: RunWatch): OutputTaker {
  const { ledger, log } = run.deps;
  let written = -Infinity;
  let pending: ReturnType<typeof setTimeout> | undefined;

  function write(): void {
    clearTimeout(pending);
    pending = undefined;
    written = performance.now();
    try {
      ledger.update(run.evaluation.id, { progress: run.evaluation.progress });
    } catch (error) {
      // Progress is for those who look on: a ledger on a full volume must not end the run for it.
      log.warn("progress not written", { evaluation: run.evaluation.id, error: String(error) });
    }
  }

  function show(progress: Progress | null): void {
    if (progress === null) return;
    run.evaluation = { ...run.evaluation, progress };
    const wait = PROGRESS_INTERVAL_MS - (performance.now() - written);
    if (wait <= 0) write();
    // The last of many lines counts, also when nothing comes after it.
    else pending ??= setTimeout(write, wait);
  }

  return {
    line(line): void {
      run.runLog.line(line);
      watch.printed(line.text.length + 1);
      show(readProgress(line.text, run.evaluation.progress));
    },
    onDraft: (text) => show(readProgress(text, run.evaluation.progress)),
    onWaiting(reason): void {
      watch.waits();
      if (run.evaluation.progress.note === reason) return;
      show({ done: null, total: null, note: reason });
    },
    onStarted(runningSince, gpus): void {
      watch.waits();
      const progress = { done: null, total: null, note: null };
      const provenance = { ...run.evaluation.provenance, gpus };
      const patch = { runningSince, provenance, progress };
      run.evaluation = ledger.update(run.evaluation.id, patch) ?? run.evaluation;
    },
    end: () => clearTimeout(pending),
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
  const all = await workspace.exams(run.evaluation.request.dataset);
  const exams = evaluatedExams(all, run.evaluation);
  const { errors, warnings } = checkPredictions(left.text, exams);
  // The author reads the log: whether a label in the file is right is not for them.
  const told = warnings.filter(({ code }) => code !== LABEL_MISMATCH);
  for (const { message } of told.slice(0, 20)) run.runLog.say(`warning: ${message}`);
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
