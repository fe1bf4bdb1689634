import { joinBytes } from "../../shared/format/mod.ts";
import { RESTORE, StoredFileDamaged } from "../../shared/volume/mod.ts";

export interface LinesPage<T> {
  readonly items: readonly T[];
  /** Start of the next page, or null after the last one. */
  readonly next: number | null;
}

const PART_LENGTH = 64 * 1024;

/** Yields the content of a file with one JSON value per line, in parts. */
export function* linesOf(values: Iterable<unknown>): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let text = "";
  for (const value of values) {
    text += JSON.stringify(value) + "\n";
    if (text.length < PART_LENGTH) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
}

/** Bytes per read: a few hundred lines. */
const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a page of a file with one JSON value per line; null when no line starts at byte `start`. Synchronous, because
 * asynchronous reads would take longer than the page.
 * @throws {StoredFileDamaged} when the file is missing, cut off or malformed
 */
export function readLinesPage<T>(path: string, start: number, limit: number): LinesPage<T> | null {
  try {
    return readPage(path, start, limit);
  } catch (error) {
    if (error instanceof StoredFileDamaged) throw error;
    const reason = error instanceof SyntaxError
      ? "a line is not JSON"
      : `it cannot be read (${error})`;
    throw new StoredFileDamaged(path, reason, RESTORE, error);
  }
}

function readPage<T>(path: string, start: number, limit: number): LinesPage<T> | null {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  if (start > size || !beginsLine(file, start)) return null;
  const decoder = new TextDecoder();
  const items: T[] = [];
  let position = start;
  let rest = new Uint8Array(0);
  file.seekSync(start, Deno.SeekMode.Start);
  while (items.length < limit && position < size) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = file.readSync(chunk);
    if (count === null) break;
    const bytes = joinBytes([rest, chunk.subarray(0, count)]);
    let begin = 0;
    for (let end; items.length < limit && (end = bytes.indexOf(NEWLINE, begin)) >= 0;) {
      items.push(JSON.parse(decoder.decode(bytes.subarray(begin, end))));
      begin = end + 1;
    }
    position += begin;
    rest = bytes.slice(begin);
  }
  if (items.length < limit && position < size) {
    throw new StoredFileDamaged(path, "its last line is incomplete");
  }
  return { items, next: position < size ? position : null };
}

function beginsLine(file: Deno.FsFile, start: number): boolean {
  if (start === 0) return true;
  file.seekSync(start - 1, Deno.SeekMode.Start);
  const before = new Uint8Array(1);
  return file.readSync(before) === 1 && before[0] === NEWLINE;
}
