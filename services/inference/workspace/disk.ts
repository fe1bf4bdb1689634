import { statfs } from "node:fs/promises";
import { join } from "node:path";

/** Free bytes for non-root users on the file system of a folder (absolute path); null if unknown. */
export async function freeBytes(folder: string): Promise<number | null> {
  const space = await statfs(folder).catch(() => null);
  return space === null ? null : space.bavail * space.bsize;
}

/**
 * Sums disk use as `du` does. An entry counts at least 4096 bytes, so that empty files cannot fill a disk either.
 * @returns bytes; Infinity if nested too deeply to read, so that the limit holds; null if no folder exists
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
      // A file that the container deletes meanwhile counts nothing.
      const info = await Deno.lstat(path).catch(() => null);
      const taken = info?.blocks === null ? info.size : (info?.blocks ?? 0) * BLOCK_BYTES;
      bytes += info === null ? 0 : Math.max(ENTRY_BYTES, taken);
    }
  }
  return bytes;
}

/** Unit of a file's block count, independent of the file system's block size. */
const BLOCK_BYTES = 512;

/** Minimum charge for an entry: a file system has about one inode per four of these. */
const ENTRY_BYTES = 4096;

/** Longest path that Linux accepts, in bytes. */
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
