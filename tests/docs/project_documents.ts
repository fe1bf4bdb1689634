import { join, relative } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";

/** Folders that hold no documents of the project; those of tests are part of what is tested. */
const PASSED_OVER = new Set(["node_modules", "tests"]);

/**
 * @returns paths of all Markdown files below the project, sorted
 */
export async function projectDocuments(): Promise<string[]> {
  const found: string[] = [];
  async function look(folder: string): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (name.startsWith(".") || PASSED_OVER.has(name)) continue;
      const path = join(folder, name);
      if (isDirectory) await look(path);
      else if (name.endsWith(".md")) found.push(relative(PROJECT, path));
    }
  }
  await look(PROJECT);
  return found.sort();
}
