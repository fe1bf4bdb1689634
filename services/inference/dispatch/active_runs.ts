import type { Evaluation } from "../ledger/ledger.ts";
import type { Claim, DevicePool } from "./devices.ts";
import { createDiskGuard } from "./disk_guard.ts";
import type { RunDependencies } from "./run.ts";
import { runEvaluation } from "./run_evaluation.ts";

/** The runs that this process follows, and their devices. */
export interface ActiveRuns {
  has(id: string): boolean;
  ids(): Set<string>;
  /** Continues an evaluation from its ledger state; the claim is null when it no longer needs devices. */
  launch(evaluation: Evaluation, claim: Claim | null): void;
  /** How many evaluations of each user hold a device. */
  holding(): Map<string, number>;
  /** Cancels a run. Resolves when the run has ended; null when no run follows the evaluation. */
  abort(id: string): Promise<void> | null;
  /** Resolves when every run has ended or reached a point from which the next process continues. */
  settled(): Promise<void>;
}

/** Callbacks between runs and dispatcher. */
export interface RunHooks {
  /** Fires when this process stops. */
  readonly stopping: AbortSignal;
  /** A device is free again, perhaps long before the run ends. */
  onDeviceFree(): void;
  /** A run was cancelled or failed while it was scored. */
  onEndedEarly(evaluation: Evaluation): Promise<void>;
  onEnd(id: string): void;
}

interface ActiveRun {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  readonly user: string;
  readonly holdsDevice: () => boolean;
}

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
        held.release();
        hooks.onDeviceFree();
      },
    };
    const done = runEvaluation(evaluation, deps, signals)
      .catch((error) => deps.log.error("run was lost", { evaluation: id, error: String(error) }))
      .finally(() => {
        active.delete(id);
        diskGuard.forget(id);
        held.release();
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

/** Makes giving back devices idempotent. */
function holdDevices(
  pool: DevicePool,
  claim: Claim | null,
): { isHeld(): boolean; release(): void } {
  let held = claim;
  return {
    isHeld: () => held !== null,
    release(): void {
      if (held !== null) pool.release(held);
      held = null;
    },
  };
}
