import type { Evaluation } from "../ledger/ledger.ts";
import type { Claim, DevicePool } from "./devices.ts";
import { createDiskGuard } from "./disk_guard.ts";
import type { RunDependencies } from "./run.ts";
import { runEvaluation } from "./run_evaluation.ts";

/** The runs that this process follows, and the devices that they hold. */
export interface ActiveRuns {
  has(id: string): boolean;
  /** Their evaluations. */
  ids(): Set<string>;
  /**
   * Follows an evaluation from where the ledger has it.
   *
   * @param claim the devices that it holds; null when it needs none any more
   */
  launch(evaluation: Evaluation, claim: Claim | null): void;
  /** How many evaluations of each user hold a device. */
  holding(): Map<string, number>;
  /**
   * Tells a run that its evaluation was cancelled.
   *
   * @returns settles when the run has come to its end; null when nobody follows the evaluation
   */
  abort(id: string): Promise<void> | null;
  /** Settles when all have come to their end, or to where the next process goes on. */
  settled(): Promise<void>;
}

/** What runs tell the dispatcher, and it them. */
export interface RunHooks {
  /** Fires when this process stops. */
  readonly stopping: AbortSignal;
  /** A device is free again, which may be long before the run's end. */
  onDeviceFree(): void;
  /** A run was cancelled or failed when it was being scored. */
  onEndedEarly(evaluation: Evaluation): Promise<void>;
  /** A run is over, whatever came of it. */
  onEnd(id: string): void;
}

interface ActiveRun {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  readonly user: string;
  readonly holdsDevice: () => boolean;
}

/** @param hooks between runs and dispatcher */
export function createActiveRuns(
  deps: RunDependencies,
  pool: DevicePool,
  hooks: RunHooks,
): ActiveRuns {
  const active = new Map<string, ActiveRun>();
  const diskGuard = createDiskGuard();

  function launch(evaluation: Evaluation, claim: Claim | null): void {
    const { id, user } = evaluation;
    const abort = new AbortController();
    const held = holdDevices(pool, claim);
    const signals = {
      cancelled: abort.signal,
      stopping: hooks.stopping,
      diskGuard,
      onEndedEarly: hooks.onEndedEarly,
      onDeviceFree(): void {
        held.giveBack();
        hooks.onDeviceFree();
      },
    };
    const done = runEvaluation(evaluation, deps, signals)
      .catch((error) => deps.log.error("run was lost", { evaluation: id, error: String(error) }))
      .finally(() => {
        active.delete(id);
        diskGuard.forget(id);
        held.giveBack();
        hooks.onEnd(id);
      });
    active.set(id, { abort, done, user, holdsDevice: held.isHeld });
  }

  return {
    has: (id) => active.has(id),
    ids: () => new Set(active.keys()),
    launch,
    holding(): Map<string, number> {
      const counts = new Map<string, number>();
      for (const { user, holdsDevice } of active.values()) {
        if (holdsDevice()) counts.set(user, (counts.get(user) ?? 0) + 1);
      }
      return counts;
    },
    abort(id): Promise<void> | null {
      const run = active.get(id);
      run?.abort.abort();
      return run?.done ?? null;
    },
    async settled(): Promise<void> {
      await Promise.allSettled([...active.values()].map(({ done }) => done));
    },
  };
}

/** Devices that are given back once, however often that is asked for. */
function holdDevices(
  pool: DevicePool,
  claim: Claim | null,
): { isHeld(): boolean; giveBack(): void } {
  let held = claim;
  return {
    isHeld: () => held !== null,
    giveBack(): void {
      if (held !== null) pool.giveBack(held);
      held = null;
    },
  };
}
