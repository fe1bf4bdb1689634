import assert from "node:assert/strict";
import { join } from "node:path";
import { readBlocks } from "../docs/markdown.ts";
import { PROJECT } from "./embedded_service.ts";

/** The address that the documents' lines call. */
const DOCUMENTS_URL = "http://127.0.0.1:8000";
/** What the documents' lines would not do by themselves: stop at the first answer that is an error. */
const PROLOGUE = `set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n`;

/** Whether curl is here. */
export const curlWorks = await new Deno.Command("curl", { args: ["--version"], stdout: "null" })
  .output()
  .then(({ success }) => success, () => false);

/**
 * Runs the blocks of a document that need more than a service, in a folder that has what they need.
 *
 * @param document path below the project
 * @param kind which blocks, as the comment above them says
 * @param url base URL that takes the place of the document's
 * @param folder where they run
 * @param options variables of their shell, and what else stands for something of this machine
 * @returns what they printed
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
