import { openPlain } from "../../../shared/volume/mod.ts";

/** Interval for polling a followed log, in milliseconds. */
const LOOK_INTERVAL_MS = 250;
const CHUNK_BYTES = 64 * 1024;

/** Streams a growing log until `ended` returns true; `tailBytes` of what exists already, or null for all. */
export function streamLog(
  path: string,
  ended: () => boolean,
  tailBytes: number | null = null,
): ReadableStream<Uint8Array> {
  let file: Deno.FsFile | null = null;
  let open = true;

  async function next(): Promise<Uint8Array | null> {
    while (open) {
      // Ask before reading, so that lines written before the end are still read.
      const last = ended();
      file ??= await openIfThere(path, tailBytes);
      // The reader may have cancelled while the file was being opened.
      if (!open) {
        close();
        return null;
      }
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

async function openIfThere(path: string, tailBytes: number | null): Promise<Deno.FsFile | null> {
  // The folder belongs to the evaluation's user, who could put a link there.
  const file = await openPlain(path);
  if (file !== null && tailBytes !== null) {
    const { size } = await file.stat();
    await file.seek(Math.max(0, size - tailBytes), Deno.SeekMode.Start);
  }
  return file;
}

/** Keeps the lines of one part of a divided run, without their mark. */
export function linesOfPart(
  log: ReadableStream<Uint8Array>,
  part: number,
): ReadableStream<Uint8Array> {
  const mark = `part ${part}: `;
  let rest = "";
  return log
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(
      new TransformStream<string, string>({
        transform(text, controller): void {
          const lines = (rest + text).split("\n");
          rest = lines.pop()!;
          for (const line of lines) {
            const at = line.indexOf(" ") + 1;
            if (line.startsWith(mark, at)) {
              controller.enqueue(`${line.slice(0, at)}${line.slice(at + mark.length)}\n`);
            }
          }
        },
      }),
    )
    .pipeThrough(new TextEncoderStream());
}
