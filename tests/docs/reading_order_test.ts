import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { readLinks } from "./markdown.ts";

/** Documents have an order: the index lists it, and each document leads to the next. */

const FOLDER = join(PROJECT, "docs");
const INDEX = "README.md";
/** How the last line of a document leads on. */
const NEXT = /^Next: \[[^\]]+\]\(([^)]+)\)/;

async function read(name: string): Promise<string> {
  return await Deno.readTextFile(join(FOLDER, name));
}

/** @returns where a document's last line leads to, or null */
async function nextOf(name: string): Promise<string | null> {
  return NEXT.exec((await read(name)).trimEnd().split("\n").at(-1)!)?.[1] ?? null;
}

Deno.test("the index lists every document once, and each leads to the next", async () => {
  const documents = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== INDEX);
  const listed = readLinks(await read(INDEX)).map(({ target }) => target)
    .filter((target) => /^[a-z_]+\.md$/.test(target));
  assert.deepEqual([...listed].sort(), documents.sort(), "docs/README.md lists each document once");

  const walked: string[] = [];
  for (let name = listed[0]!; name !== INDEX && !walked.includes(name);) {
    walked.push(name);
    const next = await nextOf(name);
    assert.ok(next !== null, `docs/${name} ends with no line like: Next: [title](file.md)`);
    name = next;
  }
  assert.deepEqual(walked, listed, "the documents lead through the index in its order");
});
