/** A body on its way out that can be broken off. */
export interface TappedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Ends it: as a failure for a reason, so that nobody takes what has come for the whole; without one as usual. */
  breakOff(reason: Error | null): void;
}

/**
 * Passes a body on part by part, when it is asked for, and tells of its end.
 *
 * @param onEnd called once: it has come to its end, has failed, or nobody wants it any more
 */
export function tapBody(body: ReadableStream<Uint8Array>, onEnd: () => void): TappedBody {
  const reader = body.getReader();
  let open = true;
  let close = (_reason: Error | null): void => {};

  function end(): boolean {
    const first = open;
    open = false;
    if (first) onEnd();
    return first;
  }

  const stream = new ReadableStream<Uint8Array>({
    start(controller): void {
      close = (reason): void => reason === null ? controller.close() : controller.error(reason);
    },
    async pull(controller): Promise<void> {
      try {
        const part = await reader.read();
        if (!open) return;
        if (!part.done) return controller.enqueue(part.value);
        controller.close();
      } catch (error) {
        if (open) controller.error(error);
      }
      end();
    },
    async cancel(reason): Promise<void> {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });

  return {
    stream,
    breakOff(reason): void {
      if (!end()) return;
      close(reason);
      // What it came from may hang: nobody waits for it.
      reader.cancel(reason).catch(() => {});
    },
  };
}
