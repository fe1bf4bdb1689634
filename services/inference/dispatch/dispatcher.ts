import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { type Claim, type DevicePool, gpusNamed } from "./devices.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { recordOf } from "../ledger/evaluation_record.ts";
import type { RunDependencies } from "./run.ts";
import { runEvaluation } from "./run_evaluation.ts";
import { isFinal } from "../ledger/state_machine.ts";
import { turnOrder } from "./turn_order.ts";

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

/** A run that this process follows. */
interface ActiveRun {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  readonly user: string;
  readonly holdsDevice: () => boolean;
}

/** Queued evaluations that one look for free devices goes through. */
const QUEUE_LOOK_MAX = 1000;
/** Pause before what broke off here, for want of disk space say, is taken up again, in milliseconds. */
const RETAKE_MS = 5000;
/** A cancel is answered after this time, in milliseconds, also when an engine that is away holds it up. */
const CANCEL_WAIT_MS = 10_000;

/**
 * @param deps what runs take
 * @param pool gives devices out
 */
export function createDispatcher(deps: RunDependencies, pool: DevicePool): Dispatcher {
  const { ledger, executor, workspace, log } = deps;
  const active = new Map<string, ActiveRun>();
  const stopping = new AbortController();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** Until what was left is taken up, sweeping must not meet fresh runs. */
  let open = false;

  function launch(evaluation: Evaluation, claim: Claim | null): void {
    const { id } = evaluation;
    const abort = new AbortController();
    let held = claim;
    function giveBack(): void {
      if (held === null) return;
      pool.giveBack(held);
      held = null;
    }
    function onDeviceFree(): void {
      giveBack();
      kick();
    }
    const signals = { cancelled: abort.signal, stopping: stopping.signal, onDeviceFree };
    const done = runEvaluation(evaluation, deps, signals)
      .catch((error) => log.error("run was lost", { evaluation: id, error: String(error) }))
      .finally(() => {
        active.delete(id);
        giveBack();
        if (open && !hasRested(id)) later(() => retake(id));
        kick();
      });
    active.set(id, { abort, done, user: evaluation.user, holdsDevice: () => held !== null });
  }

  /** Whether an evaluation is where nothing needs to be done: ended, or in the queue. */
  function hasRested(id: string): boolean {
    const status = ledger.get(id)?.status;
    return status === undefined || status === "queued" || isFinal(status);
  }

  function later(work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!stopping.signal.aborted) work();
    }, RETAKE_MS);
    timers.add(timer);
  }

  function retake(id: string): void {
    const evaluation = ledger.get(id);
    if (evaluation === null || active.has(id)) return;
    attempt(() => {
      takeUp(evaluation);
      kick();
    });
  }

  /** The ledger cannot be written while the volume is full: tried again until it can. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error("the ledger cannot be written: trying again", { error: String(error) });
      if (open) later(() => attempt(work));
    }
  }

  function kick(): void {
    if (!open) return;
    attempt(() => {
      startQueued("cpu");
      startQueued("gpu");
    });
  }

  function startQueued(device: EvaluationRequest["device"]): void {
    if (!pool.hasFree(device)) return;
    const queued = ledger.queued(device, QUEUE_LOOK_MAX).filter(({ id }) => !active.has(id));
    giveOut(pool, turnOrder(queued, holding()), start);
  }

  /** How many evaluations of each user hold a device. */
  function holding(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { user, holdsDevice } of active.values()) {
      if (holdsDevice()) counts.set(user, (counts.get(user) ?? 0) + 1);
    }
    return counts;
  }

  function start({ id, attempt, startedAt }: Evaluation, claim: Claim): void {
    let started: Evaluation | null = null;
    try {
      started = ledger.change(id, "building", {
        attempt: attempt + 1,
        startedAt: startedAt ?? new Date().toISOString(),
        gpus: "gpus" in claim ? claim.gpus : [],
      });
    } finally {
      if (started === null) pool.giveBack(claim);
    }
    if (started !== null) launch(started, claim);
  }

  async function cancel(id: string): Promise<Evaluation | null> {
    const before = ledger.get(id);
    if (before === null || isFinal(before.status)) return before;
    const cancelled = ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
    const run = active.get(id);
    if (run !== undefined) {
      run.abort.abort();
      await executor.stop(id);
      await settledWithin(run.done, CANCEL_WAIT_MS);
    } else if (cancelled !== null) {
      await workspace.writeRecord(cancelled, recordOf(cancelled));
      await workspace.release(cancelled);
    }
    return ledger.get(id);
  }

  /** While the engine is away, or the volume full, nothing starts and this is tried again. */
  async function recover(): Promise<void> {
    try {
      await takeUpAll();
    } catch (error) {
      log.error("what was left cannot be taken up yet: trying again", { error: String(error) });
      return later(() => void recover());
    }
    open = true;
    kick();
  }

  async function takeUpAll(): Promise<void> {
    const known = new Set(await executor.known());
    const unfinished = ledger.unfinished();
    for (const evaluation of unfinished) if (!active.has(evaluation.id)) takeUp(evaluation);
    const wanted = new Set(active.keys());
    for (const id of known) if (!wanted.has(id)) await removeLeftover(id);
    await workspace.sweep(wanted);
    // A process may have been killed between the end of an evaluation and the release of its dataset.
    await workspace.keepLeases(new Set(unfinished.map(({ id }) => id)));
  }

  async function removeLeftover(id: string): Promise<void> {
    await executor.remove(id).catch((error) =>
      log.error("a container of no evaluation stays", { evaluation: id, error: String(error) })
    );
  }

  /** Goes on with one evaluation from where the ledger has it. */
  function takeUp(evaluation: Evaluation): void {
    const { id, status, gpus } = evaluation;
    if (status === "building") {
      // Nothing of it has run yet: the start that was cut short does not count.
      ledger.change(id, "queued", { attempt: Math.max(0, evaluation.attempt - 1), gpus: [] });
    } else if (status === "running") {
      // When its container is gone, following it finds that out and decides whether it may start again.
      const claim: Claim = gpus.length > 0 ? { gpus } : { cpu: true };
      log.info("taken up again", { evaluation: id, status });
      pool.retake(claim);
      launch(evaluation, claim);
    } else if (status === "scoring") {
      log.info("taken up again", { evaluation: id, status });
      launch(evaluation, null);
    }
  }

  return {
    recover,
    kick,
    cancel,
    async stop(): Promise<void> {
      open = false;
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled([...active.values()].map(({ done }) => done));
    },
  };
}

/** Gives what is free to those who wait, in their order, until nothing is free. */
function giveOut(
  pool: DevicePool,
  queue: readonly Evaluation[],
  start: (evaluation: Evaluation, claim: Claim) => void,
): void {
  // Who came first shall not wait for ever because later ones take a part of what it needs.
  const kept = new Set<number>();
  for (const evaluation of queue) {
    const { device, gpu } = evaluation.request;
    if (!pool.hasFree(device)) return;
    const claim = pool.take(evaluation.request, kept);
    if (claim !== null) start(evaluation, claim);
    else for (const wanted of gpusNamed(gpu)) kept.add(wanted);
  }
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, over]);
  clearTimeout(timer);
}
