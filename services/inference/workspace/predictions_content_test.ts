import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { predictionsContent } from "./predictions_content.ts";

Deno.test("predictionsContent: the length is that of what is sent, and the tag changes with the file", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-predictions-");
  const path = join(folder, "p.csv");
  assert.equal(await predictionsContent(path), null);
  await Deno.writeTextFile(path, "a,b\n0.1,=cmd()\n".repeat(10_000));
  const content = (await predictionsContent(path))!;
  const text = await new Response(content.open()).text();
  assert.ok(text.includes("'=cmd()"), "formulas are disarmed");
  assert.equal(content.length, new TextEncoder().encode(text).length);
  assert.equal((await predictionsContent(path))!.etag, content.etag);
  await Deno.writeTextFile(path, "a,b\n0.2,0.3\n");
  const changed = (await predictionsContent(path))!;
  assert.notEqual(changed.etag, content.etag);
  assert.equal(changed.length, 12);
});
