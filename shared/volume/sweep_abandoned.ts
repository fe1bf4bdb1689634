import { join } from "node:path";
import { isTemporary } from "./atomic_file.ts";

/** A file that is still being written is younger: the largest takes minutes. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Removes the half-written files that a kill or a power cut has left below a folder. What is young may
 * belong to another process that is just writing it, and stays until the next sweep.
 *
 * @param folder absolute path; need not exist
 * @param now for the age of files
 * @returns how many were removed
 */
export async function sweepAbandoned(folder: string, now: Date): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) removed += await sweepAbandoned(path, now);
    else if (entry.isFile && isTemporary(entry.name)) {
      removed += await removeIfOld(path, now) ? 1 : 0;
    }
  }
  return removed;
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    // Somebody may be deleting an evaluation just now.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function removeIfOld(path: string, now: Date): Promise<boolean> {
  const info = await Deno.lstat(path).catch(() => null);
  if (!info?.isFile || info.mtime === null) return false;
  if (now.getTime() - info.mtime.getTime() < ABANDONED_AFTER_MS) return false;
  return await Deno.remove(path).then(() => true, () => false);
}
