/**
 * Lets callers who ask at the same time share an answer that takes a while. Nobody joins a run that has
 * begun before they asked: it may have passed by what they have just written.
 *
 * @param run what is to be shared
 * @returns the same, run at most once at a time
 */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function start(): Promise<T> {
    next = null;
    const started = run().finally(() => {
      if (running === started) running = null;
    });
    running = started;
    return started;
  }

  return () => running === null ? start() : next ??= running.then(start, start);
}
