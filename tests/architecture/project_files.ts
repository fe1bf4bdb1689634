import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = ["shared", "services", "client", "models", "sample_data", "cli", "tests"];

/** Yields the absolute paths of all source files. */
export async function* projectFiles(): AsyncGenerator<string> {
  for (const part of PARTS) yield* typescriptFiles(join(root, part));
}

async function* typescriptFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && entry.name !== "node_modules") yield* typescriptFiles(path);
    else if (entry.isFile && /\.tsx?$/.test(entry.name)) yield path;
  }
}

/** Returns whether a source file, by its path from the root, is a test or support for tests. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_test\.tsx?$/.test(path);
}

/** Returns whether a source file, by its path from the root, ships: services, shared code, client or command line. */
export function isProduct(path: string): boolean {
  return /^(services|shared|client|cli)\//.test(path) && !isTest(path);
}
