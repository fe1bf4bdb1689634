import { join } from "node:path";
import { isTemporary } from "./atomic_file.ts";
import type { Damage } from "./damage.ts";

/** A file that is still being written is younger: the largest takes minutes. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Removes old temporary files that a kill left; returns how many. The folder need not exist. */
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
    // An evaluation may be deleted concurrently.
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

/** Name of an upload's folder: a UUIDv4. */
const UPLOAD_NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Removes interrupted uploads, and creates their folder. Call it before the first request. */
export async function sweepUploads(
  folder: string,
  damage: Pick<Damage, "quarantine">,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && UPLOAD_NAME.test(entry.name)) {
      await Deno.remove(path, { recursive: true });
    } else if (!entry.name.startsWith(".")) {
      await damage.quarantine(path, "it does not belong to an upload");
    }
  }
}
