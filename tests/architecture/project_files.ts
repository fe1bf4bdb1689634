import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = ["shared", "services", "client", "models", "sample_data", "cli", "tests"];

/** Absolute paths of all source files of the project. */
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

/**
 * @param path of a source file, from the project's root
 * @returns whether it is a test, or there for tests alone
 */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_test\.tsx?$/.test(path);
}

/**
 * @param path of a source file, from the project's root
 * @returns whether it ships as TypeScript: services, shared code, client or command line
 */
export function isProduct(path: string): boolean {
  return /^(services|shared|client|cli)\//.test(path) && !isTest(path);
}
