import { join } from "node:path";
import { SLUG_PATTERN } from "./contracts/common.ts";

/** A file that marks a folder as a base image for models; the folder itself is no model. */
export const BASE_MARK = "base.json";

/**
 * Lists the model names, sorted and unique. Reads the folders on every call, so that a new folder counts at once.
 * Missing roots are skipped.
 */
export function modelNames(roots: readonly string[]): string[] {
  const names = new Set<string>();
  for (const root of roots) {
    for (const { name } of listFolder(root)) {
      if (SLUG_PATTERN.test(name) && isModelFolder(join(root, name))) names.add(name);
    }
  }
  return [...names].sort();
}

/** Returns whether an absolute path is a model folder. */
export function isModelFolder(folder: string): boolean {
  return isFile(join(folder, "Dockerfile")) && !isFile(join(folder, BASE_MARK));
}

/**
 * Lists a folder; returns no entries if it does not exist. Synchronous: listing the models needs hundreds of small
 * reads, and each asynchronous read would queue behind other requests.
 */
export function listFolder(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

/** Returns whether the path is a file. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
