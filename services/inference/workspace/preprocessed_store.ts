import { join } from "node:path";
import { preprocessedFolder } from "../../../shared/volume/mod.ts";
import { bytesBelow } from "./disk.ts";
import { removeTree } from "./remove_tree.ts";
import type { Evaluation } from "../ledger/ledger.ts";

/** Preprocessed images of one model, experiment and dataset. */
export interface KeptFolder {
  readonly path: string;
  /** When a run last started with it, milliseconds since 1970. */
  readonly usedMs: number;
  readonly bytes: number;
}

/** The preprocessed images that runs left for later runs. */
export interface PreprocessedStore {
  /** All folders of preprocessed images; unrelated folders beside them are skipped. */
  list(): Promise<KeptFolder[]>;
  pathFor(key: { model: string; experiment: string }, digest: string): string;
  /** Removes a folder, unless a run has started with it since it was listed. */
  remove(folder: KeptFolder): Promise<void>;
}

/** Part of the folder's name, so that no images of other data, or made with labels, are reused. */
export function preprocessedData(
  { provenance, request }: Pick<Evaluation, "provenance" | "request">,
): string {
  const data = String(provenance["dataset_digest"] ?? request.dataset);
  return request.blind ? data : `${data} with labels`;
}

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

/** The start of a run sets the folder's mtime; ctime guards against a model that sets it into the future. */
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
