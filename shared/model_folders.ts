import { join } from "node:path";
import { SLUG_PATTERN } from "./contracts/common.ts";

/** A file that marks a folder as a base image for models; the folder itself is no model. */
export const BASE_MARK = "base.json";

/** The model names, sorted and unique; read on every call, so that a new folder counts at once. */
export function modelNames(roots: readonly string[]): string[] {
  const names = new Set<string>();
  for (const root of roots) {
    for (const { name } of listFolder(root)) {
      if (SLUG_PATTERN.test(name) && isModelFolder(join(root, name))) names.add(name);
    }
  }
  return [...names].sort();
}

export function isModelFolder(folder: string): boolean {
  return isFile(join(folder, "Dockerfile")) && !isFile(join(folder, BASE_MARK));
}

/** No entries if the folder does not exist. Synchronous: hundreds of small reads would queue. */
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

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
