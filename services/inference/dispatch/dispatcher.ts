import { within } from "../../../shared/async.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { type ActiveRuns, createActiveRuns } from "./active_runs.ts";
import type { DevicePool } from "./devices.ts";
import type { RunDependencies } from "./run.ts";
import { queuePlace, startQueued } from "./start_queued.ts";
import type { QueuePlace } from "../../../shared/contracts/evaluations.ts";
import { takeUp, takeUpAll } from "./take_up.ts";
import { recordOf } from "../ledger/evaluation_record.ts";

/** Starts queued evaluations when their devices are free, and follows them. */
export interface Dispatcher {
  /** Resumes what an earlier process left, before anything else; retries while the engine does not answer. */
  recover(): Promise<void>;
  wake(): void;
  /** The place of a queued evaluation in its queue; null for any other. */
  queuePlace(evaluation: Evaluation): QueuePlace | null;
  /** Cancels an evaluation and returns it, or null when there is none; an ended one stays as it is. */
  cancel(id: string): Promise<Evaluation | null>;
  /** Starts nothing new, and waits until every run has ended or can be left to the next process. */
  stop(): Promise<void>;
}

/** Delay before a retry of interrupted work (disk full, for example), in milliseconds. */
const RETAKE_MS = 5000;

/** Creates the dispatcher, which assigns a pool's devices to queued evaluations. */
export function createDispatcher(deps: RunDependencies, pool: DevicePool): Dispatcher {
  const { ledger, log } = deps;
  const stopping = new AbortController();
  const postponed = createPostponedWork(RETAKE_MS);
  const clear = createClearEnded(deps, postponed);
  const runs = createActiveRuns(deps, pool, {
    stopping: stopping.signal,
    onDeviceFree: wake,
    onEndedEarly: clear,
    onEnd(id): void {
      if (open && !hasRested(id, ledger)) postponed.later(() => retake(id));
      wake();
    },
  });
  let open = false; // until recovery is done: its sweep must not meet new runs

  function wake(): void {
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
      wake();
    });
  }

  /** Retries while the ledger cannot be written because the volume is full. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error("the ledger cannot be written: trying again", { error: String(error) });
      if (open) postponed.later(() => attempt(work));
    }
  }

  /** Retries while the engine is away or the volume is full; nothing starts meanwhile. */
  async function recover(): Promise<void> {
    try {
      // Not awaited: scoring may start later than this service.
      for (const ended of await takeUpAll({ ...deps, pool, runs })) void clear(ended);
    } catch (error) {
      log.error("unfinished evaluations cannot be resumed yet: trying again", {
        error: String(error),
      });
      return postponed.later(() => void recover());
    }
    open = true;
    wake();
  }

  return {
    recover,
    wake,
    queuePlace: (evaluation) => queuePlace(evaluation, open, { ledger, runs }),
    cancel: (id) => cancelEvaluation(id, deps, runs),
    async stop(): Promise<void> {
      open = false;
      stopping.abort();
      postponed.stop();
      await runs.settled();
    },
  };
}

/** Whether an evaluation needs no work: it has ended or is queued here. */
function hasRested(id: string, ledger: Pick<Ledger, "get">): boolean {
  const evaluation = ledger.get(id);
  if (evaluation === null) return true;
  const { status, submitted } = evaluation;
  return (status === "queued" && submitted !== true) || isFinal(status);
}

/** A cancel request is answered after at most this time, in milliseconds, even if the engine is away. */
const CANCEL_WAIT_MS = 10_000;

/** Cancels an evaluation in any state; an ended one stays as it is. */
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

/** Cleans up after a cancelled or failed evaluation; never rejects. */
type ClearEnded = (evaluation: Evaluation) => Promise<void>;

/** Removes the score of a cancelled evaluation, then its lease: until then, the next start repeats this. */
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

interface PostponedWork {
  /** Runs the work later, unless this process stops first. */
  later(work: () => void): void;
  stop(): void;
}

/** Creates a queue of work delayed by `pauseMs` milliseconds. */
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
