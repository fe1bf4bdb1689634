import { join } from "node:path";
import { SLUG_PATTERN } from "./contracts/common.ts";

/** A file that marks a folder as a base that models build on; the folder is no model itself. */
export const BASE_MARK = "base.json";

/**
 * Lists the registered models. The folders are read at every call, so a folder dropped in counts at once.
 *
 * @param roots absolute folders that hold model folders; one that does not exist holds none
 * @returns names in order, each once
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

/** @param folder absolute @returns whether it holds a model */
export function isModelFolder(folder: string): boolean {
  return isFile(join(folder, "Dockerfile")) && !isFile(join(folder, BASE_MARK));
}

/**
 * Model folders are looked at synchronously: a list of models takes hundreds of looks at small files, and each
 * one that waits for another thread waits for its turn among all requests too.
 *
 * @param folder absolute
 * @returns its entries; none where there is no such folder
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

/** @param path absolute @returns whether a file lies there */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
