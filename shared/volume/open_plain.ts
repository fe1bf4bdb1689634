import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { readAt } from "./read_at.ts";

/**
 * Opens a file that somebody else may have put there: the folder of a result belongs to the user who asked for
 * it, and what a container leaves is its own. A link is not followed, wherever it leads, also when it takes the
 * file's place between looking and opening.
 *
 * @returns the file, open for reading; null where there is none, or something else of that name
 */
export async function openPlain(path: string): Promise<Deno.FsFile | null> {
  try {
    // Asked before it is opened: opening a pipe would wait for somebody who writes into it.
    const seen = await Deno.lstat(path);
    if (!seen.isFile) return null;
    const file = await Deno.open(path);
    if (isSame(await file.stat(), seen)) return file;
    file.close();
    return null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/**
 * Tells whether an error says that nothing is there: no such name, a file on the way, links that lead in a circle.
 */
export function isAbsence(error: unknown): boolean {
  const { NotFound, NotADirectory, FilesystemLoop } = Deno.errors;
  return [NotFound, NotADirectory, FilesystemLoop].some((kind) => error instanceof kind);
}

/**
 * Up to here a file is read at once: it is in the memory of the kernel, mostly, and handing each of five steps to
 * another thread and back takes longer than the file, and as many turns of a busy loop.
 */
const READ_AT_ONCE_BYTES = 256 * 1024;

/**
 * Reads a file as {@link openPlain} opens it; a small one at once, a large one in another thread.
 *
 * @returns its content, or null
 * @throws {RangeError} when it is larger
 */
export async function readPlain(
  path: string,
  bytesMax: number = Infinity,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const small = readAtOnce(path, bytesMax);
  if (small !== "large") return small;
  using file = await openPlain(path);
  if (file === null) return null;
  const { size } = await file.stat();
  if (size > bytesMax) throw new RangeError(`over ${bytesMax} bytes`);
  return await readAt(file, 0, size);
}

function readAtOnce(path: string, bytesMax: number): Uint8Array<ArrayBuffer> | null | "large" {
  try {
    const seen = Deno.lstatSync(path);
    if (!seen.isFile) return null;
    if (seen.size > Math.min(READ_AT_ONCE_BYTES, bytesMax)) return "large";
    // A pipe that takes the file's place now is opened without waiting for a writer, and told by its inode.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return isSame(fstatSync(file), seen) ? readOpened(file, seen.size) : null;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (
      error instanceof Error && "code" in error &&
      /^(?:ENOENT|ENOTDIR|ELOOP)$/.test(`${error.code}`)
    ) {
      return null;
    }
    throw error;
  }
}

function readOpened(file: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(file, bytes, filled, size - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Tells whether what was opened is what was looked at: what a link leads to is another file. */
export function isSame(
  opened: Pick<Deno.FileInfo, "dev" | "ino">,
  seen: Pick<Deno.FileInfo, "dev" | "ino">,
): boolean {
  return opened.dev === seen.dev && opened.ino === seen.ino;
}
