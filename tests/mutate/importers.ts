import { dirname, join, relative } from "node:path";
import { isTest, projectFiles, root } from "../architecture/project_files.ts";

const SPECIFIER = /(?:from\s+|import\s*\(?\s*|new URL\(\s*)"(\.[^"]+\.tsx?)"/g;

/** @returns for each project file, by its path from the root, the files that import it */
export async function readImporters(): Promise<ReadonlyMap<string, readonly string[]>> {
  const importers = new Map<string, string[]>();
  for await (const path of projectFiles()) {
    for (const [, name] of (await Deno.readTextFile(path)).matchAll(SPECIFIER)) {
      const target = relative(root, join(dirname(path), name!));
      importers.set(target, [...importers.get(target) ?? [], relative(root, path)]);
    }
  }
  return importers;
}

/**
 * @param file by its path from the root
 * @returns the unit tests that import it, the nearest first
 */
export function testsOf(
  file: string,
  importers: ReadonlyMap<string, readonly string[]>,
): string[] {
  const seen = new Set([file]);
  const tests: string[] = [];
  for (const at of seen) {
    for (const importer of importers.get(at) ?? []) {
      if (seen.has(importer)) continue;
      seen.add(importer);
      if (isTest(importer) && !importer.startsWith("tests/")) tests.push(importer);
    }
  }
  return tests;
}
