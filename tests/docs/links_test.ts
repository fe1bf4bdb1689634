import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { readAnchors, readLinks } from "./markdown.ts";
import { projectDocuments } from "./project_documents.ts";

/** @returns why a link leads nowhere, or null */
async function fault(document: string, target: string): Promise<string | null> {
  if (/^[a-z]+:/.test(target)) return target.startsWith("https:") ? null : "is not https";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? join(PROJECT, document) : join(PROJECT, dirname(document), path);
  const info = await Deno.stat(file).catch(() => null);
  if (info === null) return "no such file";
  if (anchor === undefined) return null;
  if (!info.isFile) return "a folder has no anchors";
  return readAnchors(await Deno.readTextFile(file)).has(anchor) ? null : "no such heading";
}

Deno.test("every link between documents leads somewhere", async () => {
  const faults: string[] = [];
  let count = 0;
  for (const document of await projectDocuments()) {
    for (const { line, target } of readLinks(await Deno.readTextFile(join(PROJECT, document)))) {
      count++;
      const reason = await fault(document, target);
      if (reason !== null) faults.push(`${document}:${line} ${target}: ${reason}`);
    }
  }
  assert.ok(count > 50, `${count} links`);
  assert.deepEqual(faults, []);
});
