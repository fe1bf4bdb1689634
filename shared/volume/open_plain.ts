import { readAt } from "./read_at.ts";

/**
 * Opens a file that somebody else may have put there: the folder of a result belongs to the user who asked for
 * it, and what a container leaves is its own. A link is not followed, wherever it leads, also when it takes the
 * file's place between looking and opening.
 *
 * @param path of the file
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
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

/**
 * Reads a file that {@link openPlain} opens.
 *
 * @param path of the file
 * @param bytesMax largest that is read
 * @returns its content, or null
 * @throws {RangeError} when it is larger
 */
export async function readPlain(
  path: string,
  bytesMax: number = Infinity,
): Promise<Uint8Array<ArrayBuffer> | null> {
  using file = await openPlain(path);
  if (file === null) return null;
  const { size } = await file.stat();
  if (size > bytesMax) throw new RangeError(`over ${bytesMax} bytes`);
  return await readAt(file, 0, size);
}

/**
 * Tells whether what was opened is what was looked at: what a link leads to is another file.
 *
 * @param opened what is open
 * @param seen what was looked at under its name
 * @returns whether they are one file
 */
export function isSame(opened: Deno.FileInfo, seen: Deno.FileInfo): boolean {
  return opened.dev === seen.dev && opened.ino === seen.ino;
}
