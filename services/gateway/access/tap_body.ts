/** An answer's body that can be aborted. */
export interface TappedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Ends the body: with an error, so that a partial body is not taken for the whole; or normally without a reason. */
  breakOff(reason: Error | null): void;
}

/** Passes a body on by chunk, on demand; calls `onEnd` once when it ends, fails or is cancelled. */
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
      // The source may hang: do not wait for it.
      reader.cancel(reason).catch(() => {});
    },
  };
}
