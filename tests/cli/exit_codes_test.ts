import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT, EXIT_CODES } from "../../cli/command_line/exit_codes.ts";
import { COMMANDS } from "../../cli/command_needs.ts";
import { PROJECT } from "../support/embedded_service.ts";

/** Rows of the table of exit codes: the code, and what it says. */
const ROW = /^\| (\d+) \| (.+) \|$/gm;

/** What a code says: to all commands, or to those that alone have it. */
function meaningOf(code: number): string {
  const everywhere = EXIT_CODES[code];
  if (everywhere !== undefined) return everywhere;
  const own = COMMANDS.filter(({ exitCodes }) => exitCodes?.[code] !== undefined);
  assert.equal(own.length, 1, `${code} is not said by one command`);
  return `\`${own[0]!.name}\` only: ${own[0]!.exitCodes![code]}`;
}

Deno.test("the documents' table of exit codes is that of the commands", async () => {
  const text = await Deno.readTextFile(join(PROJECT, "docs/operations.md"));
  const section = text.slice(text.indexOf("## Commands"));
  const rows = [...section.matchAll(ROW)].map(([, code, says]) => `${code} ${says}`);
  assert.deepEqual(rows, Object.values(EXIT).map((code) => `${code} ${meaningOf(code)}`));
});
