import type { FollowHooks, OutputLine } from "../engine/executor.ts";
import { BEGAN, type Progress } from "../ledger/ledger.ts";
import { createPartsProgress, readProgress } from "./read_progress.ts";
import { type Run, WAITS_IN_CLUSTER } from "./run.ts";
import type { RunWatch } from "./watch_run.ts";

/** Minimum time between two progress updates in the ledger, in milliseconds. */
const PROGRESS_INTERVAL_MS = 1000;

/** Receives an executor's reports on a run; `end` follows the last. */
export interface OutputTaker extends Required<FollowHooks> {
  line(line: OutputLine): void;
  end(): void;
}

/** Creates what writes a run's output to its log, and its progress and start to the ledger. */
export function createOutputTaker(run: Run, watch: RunWatch): OutputTaker {
  const { ledger, log } = run.deps;
  let written = -Infinity;
  let pending: ReturnType<typeof setTimeout> | undefined;
  /** Log lines arrive later than live output and must not reset its progress. */
  let isLive = false;
  const progress = run.evaluation.request.shards === undefined
    ? readProgress
    : createPartsProgress();

  function write(): void {
    clearTimeout(pending);
    pending = undefined;
    written = performance.now();
    try {
      ledger.update(run.evaluation.id, { progress: run.evaluation.progress });
    } catch (error) {
      // Progress is informative: a ledger on a full volume must not end the run.
      log.warn("progress not written", { evaluation: run.evaluation.id, error: String(error) });
    }
  }

  function show(progress: Progress | null): void {
    if (progress === null) return;
    run.evaluation = { ...run.evaluation, progress };
    const wait = PROGRESS_INTERVAL_MS - (performance.now() - written);
    if (wait <= 0) write();
    // The last of many lines counts, even if nothing follows it.
    else pending ??= setTimeout(write, wait);
  }

  return {
    line(line): void {
      run.runLog.line(line);
      watch.printed(line.text.length + 1);
      if (!isLive) show(progress(line.text, run.evaluation.progress));
    },
    onLive: (live) => void (isLive = live),
    onBytes: (count) => watch.wrote(count),
    onDraft: (text) => show(progress(text, run.evaluation.progress)),
    onWaiting(reason): void {
      watch.waits();
      if (run.evaluation.progress.note === reason) return;
      const progress = { done: null, total: null, note: reason };
      if (run.evaluation.status === "queued") show(progress);
      else takeBack(run, progress);
    },
    onStarted(runningSince, gpus): void {
      // Every process that resumes the job receives this again.
      if (runningSince === run.evaluation.runningSince) return;
      watch.waits();
      noteStart(run, runningSince, gpus);
    },
    onShards(shards): void {
      const provenance = { ...run.evaluation.provenance, shards };
      run.evaluation = ledger.update(run.evaluation.id, { provenance }) ?? run.evaluation;
    },
    end(): void {
      // Writes the last pending progress.
      if (pending !== undefined) write();
    },
  };
}

/** The cluster has taken back a job that ran. */
function takeBack(run: Run, progress: Progress): void {
  run.runLog.say(`the job ${progress.note}`);
  const patch = { ...WAITS_IN_CLUSTER, progress };
  run.evaluation = run.deps.ledger.change(run.evaluation.id, "queued", patch) ?? run.evaluation;
}

function noteStart(run: Run, runningSince: string, gpus: readonly number[]): void {
  const { id, status, startedAt, provenance } = run.evaluation;
  const patch = {
    runningSince,
    startedAt: startedAt ?? runningSince,
    provenance: { ...provenance, gpus, [BEGAN]: Deno.osUptime() },
    progress: { done: null, total: null, note: null },
  };
  const { ledger } = run.deps;
  const started = status === "queued"
    ? ledger.change(id, "running", patch)
    : ledger.update(id, patch);
  run.evaluation = started ?? run.evaluation;
}
