import { defuseFormulas } from "../../../shared/format/mod.ts";
import type { FileContent } from "../../../shared/http/mod.ts";
import { openPlain } from "../../../shared/volume/mod.ts";

/** An open file. Its length stays valid for what is sent, even if another file replaces it meanwhile. */
export type OpenContent = Pick<FileContent, "etag" | "length" | "open" | "close">;

const CHUNK_BYTES = 64 * 1024;
/** Size of the length cache; when full, it is cleared. */
const LENGTHS_KEPT_MAX = 1000;

const lengths = new Map<string, number>();

/** Opens a log as it is now, or its last `tailBytes` bytes; empty if there is no file. */
export async function logContent(path: string, tailBytes: number | null): Promise<OpenContent> {
  const file = await openPlain(path);
  if (file === null) {
    return { etag: "none", length: 0, open: () => new Blob([]).stream(), close: () => {} };
  }
  const info = await file.stat();
  const length = Math.min(info.size, tailBytes ?? Infinity);
  await file.seek(info.size - length, Deno.SeekMode.Start);
  return {
    etag: `${etagOf(info)}-${tailBytes ?? "all"}`,
    length,
    open: () => file.readable,
    close: () => file.close(),
  };
}

/** Opens a predictions file, with formulas for spreadsheets defused while streaming; null if there is none. */
export async function predictionsContent(path: string): Promise<OpenContent | null> {
  const file = await openPlain(path);
  if (file === null) return null;
  const etag = etagOf(await file.stat());
  const length = lengths.get(`${path} ${etag}`) ?? await countDefused(file);
  if (lengths.size >= LENGTHS_KEPT_MAX) lengths.clear();
  lengths.set(`${path} ${etag}`, length);
  return {
    etag,
    length,
    open: () => file.readable.pipeThrough(formulasDefused()),
    close: () => file.close(),
  };
}

/** Changes when a file grows or is replaced. */
function etagOf({ size, mtime, ino }: Deno.FileInfo): string {
  return [size, mtime?.getTime() ?? 0, ino ?? 0].map((part) => part.toString(36)).join("-");
}

/** Counts the bytes to send, then rewinds the file. */
async function countDefused(file: Deno.FsFile): Promise<number> {
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const part = new Uint8Array(CHUNK_BYTES);
      const count = await file.read(part);
      if (count === null) controller.close();
      else controller.enqueue(part.subarray(0, count));
    },
  });
  let length = 0;
  for await (const part of whole.pipeThrough(formulasDefused())) length += part.length;
  await file.seek(0, Deno.SeekMode.Start);
  return length;
}

function formulasDefused(): TransformStream<Uint8Array, Uint8Array> {
  const [decoder, encoder] = [new TextDecoder("utf-8", { ignoreBOM: true }), new TextEncoder()];
  let rest = "";
  return new TransformStream({
    transform(chunk, controller): void {
      // Search only the new part: one line may be as long as the file.
      const text = decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) controller.enqueue(encoder.encode(defuseFormulas(rest + text.slice(0, end))));
      rest = end > 0 ? text.slice(end) : rest + text;
    },
    flush(controller): void {
      rest += decoder.decode();
      if (rest !== "") controller.enqueue(encoder.encode(defuseFormulas(rest)));
    },
  });
}
