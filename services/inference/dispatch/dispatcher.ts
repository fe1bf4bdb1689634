import { within } from "../../../shared/async.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { type ActiveRuns, createActiveRuns } from "./active_runs.ts";
import type { DevicePool } from "./devices.ts";
import type { RunDependencies } from "./run.ts";
import { startQueued } from "./start_queued.ts";
import { takeUp, takeUpAll } from "./take_up.ts";
import { recordOf } from "../ledger/evaluation_record.ts";

/** Starts evaluations when their devices are free, and follows them. */
export interface Dispatcher {
  /**
   * Takes up what an earlier process has left; call it once, before anything else. While the engine
   * does not answer it is tried again and again, and nothing starts.
   */
  recover(): Promise<void>;
  /** Looks whether something queued can start now. */
  kick(): void;
  /**
   * Ends an evaluation, whatever its state; one that has ended stays as it is.
   *
   * @returns the evaluation as it is now, or null when there is none
   */
  cancel(id: string): Promise<Evaluation | null>;
  /** Takes no new ones and lets those that run come to their end, or to where the next process goes on. */
  stop(): Promise<void>;
}

/** Pause before what broke off here, for want of disk space say, is taken up again, in milliseconds. */
const RETAKE_MS = 5000;

/** Makes the dispatcher, which gives the devices of a pool to queued evaluations. */
export function createDispatcher(deps: RunDependencies, pool: DevicePool): Dispatcher {
  const { ledger, log } = deps;
  const stopping = new AbortController();
  const postponed = createPostponedWork(RETAKE_MS);
  const clear = createClearEnded(deps, postponed);
  const runs = createActiveRuns(deps, pool, {
    stopping: stopping.signal,
    onDeviceFree: kick,
    onEndedEarly: clear,
    onEnd(id): void {
      if (open && !hasRested(id, ledger)) postponed.later(() => retake(id));
      kick();
    },
  });
  /** Until what was left is taken up, sweeping must not meet fresh runs. */
  let open = false;

  function kick(): void {
    if (!open) return;
    attempt(() => {
      for (const device of ["cpu", "gpu"] as const) startQueued(device, { ledger, pool, runs });
    });
  }

  function retake(id: string): void {
    const evaluation = ledger.get(id);
    if (evaluation === null || runs.has(id)) return;
    attempt(() => {
      takeUp(evaluation, { ledger, pool, runs, log });
      kick();
    });
  }

  /** The ledger cannot be written while the volume is full: tried again until it can. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error("the ledger cannot be written: trying again", { error: String(error) });
      if (open) postponed.later(() => attempt(work));
    }
  }

  /** While the engine is away, or the volume full, nothing starts and this is tried again. */
  async function recover(): Promise<void> {
    try {
      // Not waited for: scoring may start later than this.
      for (const ended of await takeUpAll({ ...deps, pool, runs })) void clear(ended);
    } catch (error) {
      log.error("unfinished evaluations cannot be resumed yet: trying again", {
        error: String(error),
      });
      return postponed.later(() => void recover());
    }
    open = true;
    kick();
  }

  return {
    recover,
    kick,
    cancel: (id) => cancelEvaluation(id, deps, runs),
    async stop(): Promise<void> {
      open = false;
      stopping.abort();
      postponed.stop();
      await runs.settled();
    },
  };
}

/** Whether an evaluation is where nothing needs to be done: ended, or in the queue. */
function hasRested(id: string, ledger: Pick<Ledger, "get">): boolean {
  const status = ledger.get(id)?.status;
  return status === undefined || status === "queued" || isFinal(status);
}

/** A cancel is answered after this time, in milliseconds, also when an engine that is away holds it up. */
const CANCEL_WAIT_MS = 10_000;

/** Ends an evaluation, whatever its state; one that has ended stays as it is. */
async function cancelEvaluation(
  id: string,
  { ledger, executor, workspace }: Pick<RunDependencies, "ledger" | "executor" | "workspace">,
  runs: Pick<ActiveRuns, "abort">,
): Promise<Evaluation | null> {
  const before = ledger.get(id);
  if (before === null || isFinal(before.status)) return before;
  const cancelled = ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
  const done = runs.abort(id);
  if (done !== null) {
    await executor.stop(id);
    await within(done, CANCEL_WAIT_MS);
  } else if (cancelled !== null) {
    await workspace.writeRecord(cancelled, recordOf(cancelled));
    await workspace.release(cancelled);
  }
  return ledger.get(id);
}

/** Clears away what an evaluation that was cancelled or failed may have left; never rejects. */
type ClearEnded = (evaluation: Evaluation) => Promise<void>;

/**
 * Removes the score that may have been made while an evaluation was cancelled, and then the lease of its
 * dataset. The lease goes last: as long as it is there, the next start does this again. While scoring does
 * not answer it is tried again and again.
 */
function createClearEnded(
  { scoring, workspace, log }: Pick<RunDependencies, "scoring" | "workspace" | "log">,
  postponed: PostponedWork,
): ClearEnded {
  return async function clear(evaluation): Promise<void> {
    const { id } = evaluation;
    try {
      await scoring.remove(id);
      await workspace.release(evaluation);
    } catch (error) {
      log.warn("an evaluation's score cannot be removed yet", {
        evaluation: id,
        error: `${error}`,
      });
      postponed.later(() => void clear(evaluation));
    }
  };
}

/** Work that is put off for a while, and forgotten when the process stops. */
interface PostponedWork {
  /** Does the work later, unless this process stops before. */
  later(work: () => void): void;
  /** Forgets all that is put off. */
  stop(): void;
}

/** @param pauseMs how long work is put off, in milliseconds */
function createPostponedWork(pauseMs: number): PostponedWork {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;
  return {
    later(work): void {
      if (stopped) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, pauseMs);
      timers.add(timer);
    },
    stop(): void {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
