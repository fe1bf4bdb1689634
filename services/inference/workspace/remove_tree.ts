import { join } from "node:path";

/** Levels below which folders are brought up: so many names of 255 bytes are still a path. */
const DEPTH_MAX = 12;

/**
 * Removes what a container has written, if it is there. Removing takes an open file for each level: with
 * a few thousand levels a container could make that fail, for the files and for all else that runs here.
 *
 * @param path absolute
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    // Where that was not what is wrong, the second attempt tells what is.
    await flatten(path).catch(() => {});
    await Deno.remove(path, { recursive: true });
  }
}

/**
 * Brings every folder that lies deep down up to the top, so that nothing is deep any more.
 *
 * @param root absolute; links in it are not followed
 */
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
