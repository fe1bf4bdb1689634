import type { Executor, Failure, Outcome } from "./executor.ts";

/** How to tell whether an engine is there. */
export interface PatienceOptions {
  /** Asks the engine for a sign of life. */
  readonly answers: () => Promise<boolean>;
  /** Whether it has given one: an engine that was never there is not waited for. */
  readonly hasAnswered: boolean;
  /** How long an engine may be away, in milliseconds. */
  readonly patienceMs?: number;
  /** Time between two questions, in milliseconds. */
  readonly pauseMs?: number;
}

/** An engine's update or a machine's reboot takes minutes; what takes an hour needs a person. */
const PATIENCE_MS = 3_600_000;
const PAUSE_MS = 1000;

/** How clients say that the engine went away in the middle of a sentence. */
const WENT_AWAY =
  /no docker engine answers|error during connect|cannot connect|connection (refused|reset)|\bEOF\b/i;

/**
 * Makes an executor that waits for its engine: one that is restarted must fail no evaluation. What was
 * asked when the engine went away is asked again once it is back.
 *
 * @param engine whose calls can all be repeated
 * @param options how to tell whether it is there
 */
export function createPatientExecutor(engine: Executor, options: PatienceOptions): Executor {
  const { answers, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS } = options;
  let { hasAnswered } = options;

  /** @returns whether the engine had gone away and is back, so that asking again makes sense */
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
      // The same failure again, with the engine there, is not the engine's absence.
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
        // A container that stays because the engine was away would be an orphan.
        if (!await isBack(String(error))) throw error;
        await engine.remove(id);
      }
    },
  };
}
