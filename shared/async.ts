/**
 * Bounded waits, pauses, bounded concurrency and shared answers: what promises alone do not give.
 *
 * @module
 */

/**
 * Waits for a promise, but not for ever. The promise goes on when the time is over.
 *
 * @param ms longest wait in milliseconds
 * @returns its value, or null when the time was over first
 * @throws what the promise rejects with in time
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Pauses for so many milliseconds; returns early, without an error, when the signal fires. */
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

/** What one key is being answered with. */
interface Runs<T> {
  readonly running: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Lets callers who ask for the same at the same time share an answer that takes a while. Nobody joins a run
 * that has begun before they asked: it may have passed by what they have just written.
 *
 * @returns asks: whoever asks under the same key gets the same, made at most once at a time. What is asked
 *   must follow from the key alone, the caller included where not all may see the same
 */
export function shareRunsByKey<T>(): (key: string, run: () => Promise<T>) => Promise<T> {
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

/** The same for one thing that is asked for without a key. */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  const share = shareRunsByKey<T>();
  return () => share("", run);
}

/**
 * Lets the process do what else waits: long computations call this between their parts, so that the
 * service goes on answering in between.
 */
export function letOthers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * Works through a list with a bounded number of items under way.
 *
 * @param items in order
 * @param atOnce how many at a time, at least 1
 * @param work done once for each item; the first that rejects ends the wait
 */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}

/**
 * Lets an answer stand for a while: what the outside says of itself, asked for many times a second.
 *
 * @param ms how long an answer stands, in milliseconds
 * @param run asks; a failure does not stand
 * @param now milliseconds of a clock that never goes back
 * @returns the same, asked again only when the last answer is too old
 */
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
