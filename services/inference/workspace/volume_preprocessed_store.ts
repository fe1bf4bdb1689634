import { join } from "node:path";
import { preprocessedFolder } from "../../../shared/volume/mod.ts";
import { bytesBelow } from "./disk.ts";
import { removeTree } from "./remove_tree.ts";
import type { KeptFolder, PreprocessedStore } from "./preprocessed_store.ts";

/** Our folders: `<model>_<experiment>_preprocessing/<16 characters of a digest>`; others belong to someone else. */
const OURS = /_preprocessing$/;
const OUR_DATA = /^[0-9a-f]{16}$/;

/** Creates the store in an absolute folder, which may hold other things too. */
export function createVolumePreprocessedStore(root: string): PreprocessedStore {
  return {
    pathFor: (key, digest) => preprocessedFolder(root, key, digest),
    async list(): Promise<KeptFolder[]> {
      const folders: KeptFolder[] = [];
      for (const outer of (await foldersIn(root)).filter((name) => OURS.test(name))) {
        const inside = await foldersIn(join(root, outer));
        for (const inner of inside.filter((name) => OUR_DATA.test(name))) {
          const path = join(root, outer, inner);
          const usedMs = await usedAt(path);
          const bytes = await bytesBelow([path]);
          if (usedMs !== null && bytes !== null) folders.push({ path, usedMs, bytes });
        }
      }
      return folders;
    },
    async remove({ path, usedMs }): Promise<void> {
      if (await usedAt(path) !== usedMs) return;
      await removeTree(path);
    },
  };
}

/**
 * The start of a run sets the folder's mtime, and a model's writes only make it newer. A model could set the mtime
 * into the future to be kept for ever, but it cannot set the time of that change (ctime).
 */
async function usedAt(path: string): Promise<number | null> {
  const info = await Deno.stat(path).catch(() => null);
  if (info === null || info.mtime === null) return null;
  return Math.min(info.mtime.getTime(), info.ctime?.getTime() ?? Infinity);
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
