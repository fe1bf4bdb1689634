import assert from "node:assert/strict";
import { join } from "node:path";
import { readBlocks } from "../docs/markdown.ts";
import { PROJECT } from "./embedded_service.ts";

/** The base URL in the documents. */
const DOCUMENTS_URL = "http://127.0.0.1:8000";
/** Makes the documents' commands stop at the first error response. */
const PROLOGUE = `set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n`;

/** Whether curl is installed. */
export const curlWorks = await new Deno.Command("curl", { args: ["--version"], stdout: "null" })
  .output()
  .then(({ success }) => success, () => false);

/**
 * Runs a document's code blocks of one kind in a prepared folder; returns their output.
 *
 * @param document path relative to the project
 * @param kind as in the comment above the blocks
 * @param url replaces the document's base URL
 * @param options variables of the shell, and replacements in the text
 */
export async function runBlocksOfKind(
  document: string,
  kind: string,
  url: string,
  folder: string,
  { environment = {}, replaced = {} }: {
    environment?: Readonly<Record<string, string>>;
    replaced?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const blocks = readBlocks(await Deno.readTextFile(join(PROJECT, document)))
    .filter((block) => block.kind === kind);
  assert.ok(blocks.length > 0, `${document} has no block of the kind ${kind}`);
  const script = Object.entries({ ...replaced, [DOCUMENTS_URL]: url }).reduce(
    (text, [written, meant]) => text.replaceAll(written, meant),
    PROLOGUE + blocks.map(({ text }) => text).join("\n"),
  );
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script],
    cwd: folder,
    env: environment,
    stdin: "null",
  }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${complained}\n${said}`);
  return said!;
}
