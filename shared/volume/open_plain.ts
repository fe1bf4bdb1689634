import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Opens a regular file, never a link, even if one replaces the file meanwhile; null if there is none. */
export async function openPlain(path: string): Promise<Deno.FsFile | null> {
  try {
    // Check first: opening a FIFO would wait for a writer.
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

/** Returns whether an error means that nothing is there: missing name, a file as parent, or a loop of links. */
export function isAbsence(error: unknown): boolean {
  const { NotFound, NotADirectory, FilesystemLoop } = Deno.errors;
  return [NotFound, NotADirectory, FilesystemLoop].some((kind) => error instanceof kind);
}

/** Up to here, handing a read to another thread takes longer than reading from the page cache. */
const READ_AT_ONCE_BYTES = 256 * 1024;

/**
 * Reads like {@link openPlain}; null if there is none.
 * @throws {RangeError} if it exceeds `bytesMax`
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
    // O_NONBLOCK: a FIFO that has replaced the file opens without waiting for a writer, and its inode differs.
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

/** Returns whether the opened file is the one that was checked; a link's target has another inode. */
export function isSame(
  opened: Pick<Deno.FileInfo, "dev" | "ino">,
  seen: Pick<Deno.FileInfo, "dev" | "ino">,
): boolean {
  return opened.dev === seen.dev && opened.ino === seen.ino;
}

/** Reads up to `length` bytes from `offset`; fewer at the end of the file. Moves the file's position. */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  file.seekSync(offset, Deno.SeekMode.Start); // a number in the kernel: there is nothing to wait for
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
