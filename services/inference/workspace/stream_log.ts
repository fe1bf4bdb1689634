/** How often a log that is followed is looked at, in milliseconds. */
const LOOK_INTERVAL_MS = 250;
const CHUNK_BYTES = 64 * 1024;

/**
 * Streams a log file; goes on while it grows, until it is told that nothing more comes.
 *
 * @param path of the file; may not be there yet
 * @param ended tells whether the evaluation has ended
 */
export function streamLog(path: string, ended: () => boolean): ReadableStream<Uint8Array> {
  let file: Deno.FsFile | null = null;
  let open = true;

  async function next(): Promise<Uint8Array | null> {
    while (open) {
      // Asked before reading: what is written after the end was seen is still read.
      const last = ended();
      file ??= await openIfThere(path);
      const buffer = new Uint8Array(CHUNK_BYTES);
      const count = file === null ? null : await file.read(buffer);
      if (count !== null && count > 0) return buffer.subarray(0, count);
      if (last) return null;
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
    }
    return null;
  }

  function close(): void {
    open = false;
    file?.close();
    file = null;
  }

  return new ReadableStream({
    async pull(controller): Promise<void> {
      const chunk = await next();
      if (chunk !== null) return controller.enqueue(chunk);
      close();
      controller.close();
    },
    cancel: close,
  });
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
