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

/**
 * The same for one thing that is asked for without a key.
 *
 * @param run what is to be shared
 * @returns the same, run at most once at a time
 */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  const share = shareRunsByKey<T>();
  return () => share("", run);
}
