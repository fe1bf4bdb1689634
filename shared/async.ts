/** Helpers for promises: timeouts, pauses, bounded concurrency and shared runs. */

/** Waits at most `ms` milliseconds for a promise; returns null on timeout. The promise itself is not cancelled. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Pauses for `ms` milliseconds; returns early, without an error, when the signal fires. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const end = (): void => over.resolve();
  signal.addEventListener("abort", end, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}

/** The run in progress for one key, and the next one that callers already wait for. */
interface Runs<T> {
  readonly running: Promise<T>;
  next: Promise<T> | null;
}

/**
 * At most one run per key at a time; waiting callers share the next run, never one that started before their call: it
 * may have missed what they just wrote. The key includes the user where users see different results.
 */
export function singleFlightByKey<T>(): (key: string, run: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Runs<T>>();

  function start(key: string, run: () => Promise<T>): Promise<T> {
    const runs: Runs<T> = {
      running: run().finally(() => {
        if (runs.next === null) underWay.delete(key);
      }),
      next: null,
    };
    underWay.set(key, runs);
    return runs.running;
  }

  return (key, run) => {
    const before = underWay.get(key);
    if (before === undefined) return start(key, run);
    const begin = (): Promise<T> => start(key, run);
    return before.next ??= before.running.then(begin, begin);
  };
}

/** {@linkcode singleFlightByKey} with a single key. */
export function singleFlight<T>(run: () => Promise<T>): () => Promise<T> {
  const share = singleFlightByKey<T>();
  return () => share("", run);
}

/** Yields to the event loop. Long computations call this between their parts so that the service stays responsive. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Processes items in order, `atOnce` at a time. The first error is thrown when all started ones have ended. */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  async function lane(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      await work(items[index]!, index).catch((error) => failures.push(error));
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}

/** Caches the result of `run` for `ms` milliseconds of a monotonic clock; not failures. */
export function keepFor<T>(
  ms: number,
  run: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: { readonly until: number; readonly answer: Promise<T> } | null = null;
  return () => {
    if (kept !== null && now() < kept.until) return kept.answer;
    const asked = { until: now() + ms, answer: run() };
    kept = asked;
    asked.answer.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked.answer;
  };
}
