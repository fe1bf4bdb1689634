import type { Claim, DevicePool } from "./devices.ts";
import type { Evaluation } from "./ledger.ts";
import { recordOf } from "./evaluation_record.ts";
import { type RunDependencies, runEvaluation } from "./run_evaluation.ts";
import { isFinal } from "./state_machine.ts";

/** Starts evaluations when their devices are free, and follows them. */
export interface Dispatcher {
  /** Takes up what an earlier process has left; call it once, before anything else. */
  recover(): Promise<void>;
  /** Looks whether something queued can start now. */
  kick(): void;
  /**
   * Ends an evaluation, whatever its state; one that has ended stays as it is.
   *
   * @returns the evaluation as it is now, or null when there is none
   */
  cancel(id: string): Promise<Evaluation | null>;
  /** Takes no new ones and lets go of those that run: they go on in their containers. */
  stop(): Promise<void>;
}

/** A run that this process follows. */
interface ActiveRun {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/**
 * @param deps what runs take
 * @param pool gives devices out
 */
export function createDispatcher(deps: RunDependencies, pool: DevicePool): Dispatcher {
  const { ledger, executor, workspace, log } = deps;
  const active = new Map<string, ActiveRun>();
  /** Until what was left is taken up, sweeping must not meet fresh runs. */
  let open = false;

  function launch(evaluation: Evaluation, claim: Claim): void {
    const abort = new AbortController();
    const done = runEvaluation(evaluation, deps, abort.signal)
      .catch((error) =>
        log.error("run was lost", { evaluation: evaluation.id, error: String(error) })
      )
      .finally(() => {
        active.delete(evaluation.id);
        pool.giveBack(claim);
        kick();
      });
    active.set(evaluation.id, { abort, done });
  }

  function kick(): void {
    if (!open) return;
    for (const { id, request, attempt, startedAt, status } of ledger.unfinished()) {
      if (status !== "queued" || active.has(id)) continue;
      const claim = pool.take(request);
      if (claim === null) continue;
      const started = ledger.change(id, "building", {
        attempt: attempt + 1,
        startedAt: startedAt ?? new Date().toISOString(),
        gpus: "gpus" in claim ? claim.gpus : [],
      });
      if (started === null) pool.giveBack(claim);
      else launch(started, claim);
    }
  }

  async function cancel(id: string): Promise<Evaluation | null> {
    const before = ledger.get(id);
    if (before === null || isFinal(before.status)) return before;
    const cancelled = ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
    const run = active.get(id);
    if (run !== undefined) {
      run.abort.abort();
      await executor.stop(id);
      await run.done;
    } else if (cancelled !== null) {
      await workspace.writeRecord(cancelled, recordOf(cancelled));
      await workspace.release(cancelled);
    }
    return ledger.get(id);
  }

  async function recover(): Promise<void> {
    const known = new Set(await executor.known());
    const unfinished = ledger.unfinished();
    for (const evaluation of unfinished) takeUp(evaluation, known.has(evaluation.id));
    const wanted = new Set(active.keys());
    for (const id of known) if (!wanted.has(id)) await executor.remove(id);
    await workspace.sweep(wanted);
    // A process may have been killed between the end of an evaluation and the release of its dataset.
    await workspace.keepLeases(new Set(unfinished.map(({ id }) => id)));
    open = true;
    kick();
  }

  /** Goes on with one evaluation from where the ledger has it. */
  function takeUp(evaluation: Evaluation, hasContainer: boolean): void {
    const { id, status, gpus } = evaluation;
    const claim: Claim = gpus.length > 0 ? { gpus } : { cpu: true };
    if (status === "scoring" || (status === "running" && hasContainer)) {
      log.info("taken up after a restart", { evaluation: id, status });
      pool.retake(claim);
      launch(evaluation, claim);
    } else if (status === "building") {
      // Nothing of it has run yet: the start that was cut short does not count.
      ledger.change(id, "queued", { attempt: Math.max(0, evaluation.attempt - 1), gpus: [] });
    } else if (status === "running") {
      // Its container is gone: following it finds that out and decides whether it may start again.
      pool.retake(claim);
      launch(evaluation, claim);
    }
  }

  return {
    recover,
    kick,
    cancel,
    async stop(): Promise<void> {
      open = false;
      await Promise.allSettled([...active.values()].map(({ done }) => done));
    },
  };
}
