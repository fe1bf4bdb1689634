import { defuseFormulas } from "../../../shared/format/mod.ts";
import type { FileContent } from "../../../shared/http/mod.ts";
import { openPlain } from "../../../shared/volume/mod.ts";

/** Lengths that are kept: of so many files; then all are counted anew. */
const LENGTHS_KEPT_MAX = 1000;

const lengths = new Map<string, number>();

/**
 * Looks at a predictions file. A model may write further columns as it likes, and a data owner opens the file in a
 * spreadsheet: what would run as a formula is disarmed on the way, so that its length has to be counted, once.
 *
 * @param path of the file
 * @returns its content; null where there is none
 */
export async function predictionsContent(
  path: string,
): Promise<Pick<FileContent, "etag" | "length" | "open"> | null> {
  const file = await openPlain(path);
  if (file === null) return null;
  const etag = etagOf(await file.stat());
  const key = `${path} ${etag}`;
  const known = lengths.get(key);
  if (known === undefined) {
    if (lengths.size >= LENGTHS_KEPT_MAX) lengths.clear();
    let count = 0;
    for await (const part of file.readable.pipeThrough(formulasDefused())) count += part.length;
    lengths.set(key, count);
  } else file.close();
  return { etag, length: lengths.get(key) ?? known!, open: () => disarmed(path) };
}

/**
 * @param info of a file that is written once, or grows
 * @returns what changes with it
 */
export function etagOf({ size, mtime, ino }: Deno.FileInfo): string {
  return [size, mtime?.getTime() ?? 0, ino ?? 0].map((part) => part.toString(36)).join("-");
}

/** Opened when it is read: whoever has the file already, or asks for its length, reads nothing. */
function disarmed(path: string): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      reader ??= (await openPlain(path))?.readable.pipeThrough(formulasDefused()).getReader() ??
        null;
      const part = await reader?.read();
      if (part === undefined || part.done) return controller.close();
      controller.enqueue(part.value);
    },
    cancel: (reason) => reader?.cancel(reason),
  }, { highWaterMark: 0 });
}

function formulasDefused(): TransformStream<Uint8Array, Uint8Array> {
  const [decoder, encoder] = [new TextDecoder("utf-8", { ignoreBOM: true }), new TextEncoder()];
  let rest = "";
  return new TransformStream({
    transform(chunk, controller): void {
      rest += decoder.decode(chunk, { stream: true });
      const end = rest.lastIndexOf("\n") + 1;
      if (end > 0) controller.enqueue(encoder.encode(defuseFormulas(rest.slice(0, end))));
      rest = rest.slice(end);
    },
    flush(controller): void {
      rest += decoder.decode();
      if (rest !== "") controller.enqueue(encoder.encode(defuseFormulas(rest)));
    },
  });
}
