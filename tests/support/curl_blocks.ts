import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "./embedded_service.ts";

/** The address that the documents' lines call. */
const README_URL = "http://127.0.0.1:8000";
/** What the documents' lines would not do by themselves: stop at the first answer that is an error. */
const PROLOGUE = `set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n`;

/** Whether curl is here. */
export const curlWorks = await new Deno.Command("curl", { args: ["--version"], stdout: "null" })
  .output()
  .then(({ success }) => success, () => false);

/** The shell blocks of a Markdown text that stand below `<!-- test: curl -->`, in order. */
function curlBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^<!-- test: curl -->\n```sh\n(.*?)^```$/gms)].map((match) =>
    match[1]!
  );
}

/**
 * Runs the blocks of a document in a folder, and fails where one of them does.
 *
 * @param document path below the project
 * @param blocksMin how many blocks it must have
 * @param url base URL that takes the place of the document's
 * @param folder where they run
 * @returns what they printed
 */
export async function runCurlBlocks(
  document: string,
  blocksMin: number,
  url: string,
  folder: string,
): Promise<string> {
  const blocks = curlBlocks(await Deno.readTextFile(join(PROJECT, document)));
  assert.ok(blocks.length >= blocksMin, `${blocks.length} blocks`);
  const script = PROLOGUE + blocks.join("\n").replaceAll(README_URL, url);
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script],
    cwd: folder,
    stdin: "null",
  }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${complained}\n${said}`);
  return said!;
}
