import { join } from "node:path";

/** Folders below this depth are moved up: so many names of 255 bytes still fit in a path. */
const DEPTH_MAX = 12;

/** Removes a tree that a container wrote: a plain remove holds a file open per level, of which it may make many. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    // If depth was not the cause, the second attempt reports the cause.
    await flatten(path).catch(() => {});
    await Deno.remove(path, { recursive: true });
  }
}

/** Moves deep folders up to the root (absolute path), so that none is deep; links are not followed. */
export async function flatten(root: string): Promise<void> {
  const waiting = [{ folder: root, depth: 0 }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries = await Array.fromAsync(Deno.readDir(at.folder));
    for (const { name } of entries.filter(({ isDirectory }) => isDirectory)) {
      const path = join(at.folder, name);
      if (at.depth + 1 < DEPTH_MAX) waiting.push({ folder: path, depth: at.depth + 1 });
      else {
        const top = join(root, crypto.randomUUID());
        await Deno.rename(path, top);
        waiting.push({ folder: top, depth: 1 });
      }
    }
  }
}
