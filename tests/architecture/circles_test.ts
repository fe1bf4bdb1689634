import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { isTest, projectFiles, root } from "./project_files.ts";

/** Files and folders must not import each other in a cycle, including types. */

type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** Static imports and re-exports of project files. */
const SPECIFIER = /^\s*(?:import|export)\b[^"';]*?from\s+"(\.[^"]+)"|^\s*import\s+"(\.[^"]+)"/gm;

async function readImports(): Promise<Imports> {
  const imports = new Map<string, Set<string>>();
  for await (const path of projectFiles()) {
    const text = await Deno.readTextFile(path);
    const names = [...text.matchAll(SPECIFIER)].map(([, from, bare]) => from ?? bare!);
    const targets = names.map((name) => relative(root, join(dirname(path), name)));
    imports.set(relative(root, path), new Set(targets));
  }
  return imports;
}

/** Returns groups of files that reach each other (Tarjan's strongly connected components). */
function circlesOf(imports: Imports): string[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[] = [];
  function visit(file: string): void {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || imports.get(file)?.has(file)) circles.push(group.sort().join(" <-> "));
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles.sort();
}

/** Files that assemble a service; they may import from all folders. */
const ROOT_FILES = /^services\/[^/]+\/(?:main|app|assemble|dependencies)\.ts$/;

/** Returns folders of one service that import each other, as `a <-> b`. */
function folderPairsOf(imports: Imports): string[] {
  const arrows = new Set<string>();
  for (const [file, targets] of imports) {
    if (!file.startsWith("services/") || isTest(file) || ROOT_FILES.test(file)) continue;
    const service = file.split("/").slice(0, 2).join("/");
    for (const target of targets) {
      if (!target.startsWith(`${service}/`) || ROOT_FILES.test(target)) continue;
      arrows.add(`${dirname(file)} -> ${dirname(target)}`);
    }
  }
  return [...arrows].map((arrow) => arrow.split(" -> ")).filter(([from, to]) =>
    from! < to! && arrows.has(`${to} -> ${from}`)
  ).map(([from, to]) => `${from} <-> ${to}`).sort();
}

Deno.test("circles of files and of folders are found", () => {
  const imports = new Map([
    ["services/a/b/one.ts", new Set(["services/a/c/two.ts"])],
    ["services/a/c/two.ts", new Set(["services/a/c/three.ts"])],
    ["services/a/c/three.ts", new Set(["services/a/b/one.ts", "shared/four.ts"])],
    ["shared/four.ts", new Set<string>()],
  ]);
  const circle = "services/a/b/one.ts <-> services/a/c/three.ts <-> services/a/c/two.ts";
  assert.deepEqual(circlesOf(imports), [circle]);
  assert.deepEqual(folderPairsOf(imports), ["services/a/b <-> services/a/c"]);
  imports.get("services/a/c/three.ts")!.delete("services/a/b/one.ts");
  assert.deepEqual([circlesOf(imports), folderPairsOf(imports)], [[], []]);
});

Deno.test("no files import each other in a circle, types included", async () => {
  assert.deepEqual(circlesOf(await readImports()), []);
});

Deno.test("no two folders of a service import each other", async () => {
  assert.deepEqual(folderPairsOf(await readImports()), []);
});
