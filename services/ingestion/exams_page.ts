import type { Exam } from "../../shared/domain/mod.ts";
import type { ExamsPage } from "./dataset_store.ts";

/** Read at once: a few hundred exams. */
const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads some lines of a file with one exam a line. However long the file is, only the page is read.
 *
 * @param path the file
 * @param start byte at which a line begins: 0, or `next` of the page before
 * @param limit lines, at least 1
 * @returns the exams, or null when no line begins at `start`
 */
export async function readExamsPage(
  path: string,
  start: number,
  limit: number,
): Promise<ExamsPage | null> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (start > size || !await beginsLine(file, start)) return null;
  const decoder = new TextDecoder();
  const exams: Exam[] = [];
  let position = start;
  let rest = new Uint8Array(0);
  await file.seek(start, Deno.SeekMode.Start);
  while (exams.length < limit && position < size) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await file.read(chunk);
    if (count === null) break;
    const bytes = joined(rest, chunk.subarray(0, count));
    let begin = 0;
    for (let end; exams.length < limit && (end = bytes.indexOf(NEWLINE, begin)) >= 0;) {
      exams.push(JSON.parse(decoder.decode(bytes.subarray(begin, end))));
      begin = end + 1;
    }
    position += begin;
    rest = bytes.slice(begin);
  }
  return { exams, next: position < size ? position : null };
}

async function beginsLine(file: Deno.FsFile, start: number): Promise<boolean> {
  if (start === 0) return true;
  await file.seek(start - 1, Deno.SeekMode.Start);
  const before = new Uint8Array(1);
  return await file.read(before) === 1 && before[0] === NEWLINE;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
