import { statfs } from "node:fs/promises";
import { join } from "node:path";

/**
 * @param folder absolute path
 * @returns bytes that are free where it lies, for callers that are not root; null when it cannot be told
 */
export async function freeBytes(folder: string): Promise<number | null> {
  const space = await statfs(folder).catch(() => null);
  return space === null ? null : space.bavail * space.bsize;
}

/**
 * Adds up what lies below folders, as `du` does: blocks, not lengths, and links as links. Each entry counts at least
 * a block, so that a disk cannot be filled up with empty files either.
 *
 * @param folders absolute paths; those that are not there count nothing
 * @returns bytes on the disk; Infinity where folders lie so deep that nobody can look into them: what
 *   cannot be counted must not get by; null when none of the folders is there
 */
export async function bytesBelow(folders: readonly string[]): Promise<number | null> {
  let bytes: number | null = null;
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await entriesOf(folder);
    if (entries === null) continue;
    if (entries === "too deep") return Infinity;
    bytes ??= 0;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) waiting.push(path);
      // What a container deletes while it is being counted counts nothing.
      const info = await Deno.lstat(path).catch(() => null);
      const taken = info?.blocks === null ? info.size : (info?.blocks ?? 0) * BLOCK_BYTES;
      bytes += info === null ? 0 : Math.max(ENTRY_BYTES, taken);
    }
  }
  return bytes;
}

/** Unit of a file's block count, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/** What an entry takes at least, whatever it holds: there is about one inode for four of these. */
const ENTRY_BYTES = 4096;

/** Longest path that Linux takes, in bytes. */
const PATH_BYTES_MAX = 4096;

async function entriesOf(folder: string): Promise<Deno.DirEntry[] | "too deep" | null> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (new TextEncoder().encode(folder).length >= PATH_BYTES_MAX) return "too deep";
    throw error;
  }
}
