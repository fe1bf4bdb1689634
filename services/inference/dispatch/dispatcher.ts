import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { createActiveRuns } from "./active_runs.ts";
import { createClearEnded } from "./clear_ended.ts";
import { cancelEvaluation } from "./cancel_evaluation.ts";
import type { DevicePool } from "./devices.ts";
import { createPostponedWork } from "./postponed_work.ts";
import type { RunDependencies } from "./run.ts";
import { startQueued } from "./start_queued.ts";
import { takeUp, takeUpAll } from "./take_up.ts";

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

/**
 * @param deps what runs take
 * @param pool gives devices out
 */
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
      log.error("what was left cannot be taken up yet: trying again", { error: String(error) });
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
