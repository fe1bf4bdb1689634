import type { Executor, Failure, Outcome } from "../engine/executor.ts";

/** How to tell whether an engine is available. */
export interface PatienceOptions {
  /** Pings the engine. */
  readonly answers: () => Promise<boolean>;
  /** Whether the engine has answered before; there is no wait for an engine that was never there. */
  readonly hasAnswered: boolean;
  /** How long to wait for the engine, in milliseconds. */
  readonly patienceMs?: number;
  /** Pause between two pings, in milliseconds. */
  readonly pauseMs?: number;
}

/** An engine update or a reboot takes minutes; an absence of an hour needs a person. */
const PATIENCE_MS = 3_600_000;
const PAUSE_MS = 1000;

/** How clients report that the engine went away during a call. */
const WENT_AWAY =
  /no \w+ engine answers|error during connect|cannot connect|connection (refused|reset)|\bEOF\b/i;

/** Waits for the engine, so that its restart fails no evaluation; all of its calls can be repeated. */
export function createRetryingExecutor(engine: Executor, options: PatienceOptions): Executor {
  const { answers, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS } = options;
  let { hasAnswered } = options;

  /** Whether the engine went away and is back, so that a retry makes sense. */
  async function isBack(said: string, signal?: AbortSignal): Promise<boolean> {
    let there = await answers();
    if (there && !WENT_AWAY.test(said)) return false;
    const began = performance.now();
    while (!there && hasAnswered && performance.now() - began < patienceMs) {
      if (signal?.aborted) return false;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      there = await answers();
    }
    return there;
  }

  async function outcomeOf<T>(
    ask: () => Promise<Outcome<T>>,
    signal?: AbortSignal,
  ): Promise<Outcome<T>> {
    let last: Failure | null = null;
    while (true) {
      const outcome = await ask();
      if (outcome.ok) {
        hasAnswered = true;
        return outcome;
      }
      // The same failure twice with the engine there is not due to the engine's absence.
      if (outcome.failure.message === last?.message) return outcome;
      last = outcome.failure;
      if (!await isBack(outcome.failure.message, signal)) return outcome;
    }
  }

  return {
    ...engine,
    provision: (model, onLine, signal) =>
      outcomeOf(() => engine.provision(model, onLine, signal), signal),
    probe: (image, gpus) => outcomeOf(() => engine.probe(image, gpus)),
    start: (job) => outcomeOf(() => engine.start(job)),
    async remove(id): Promise<void> {
      try {
        await engine.remove(id);
      } catch (error) {
        // A container left behind because the engine was away would be an orphan.
        if (!await isBack(String(error))) throw error;
        await engine.remove(id);
      }
    },
  };
}
