import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { logContent, predictionsContent } from "./file_content.ts";

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
  const again = (await predictionsContent(path))!;
  assert.deepEqual([again.etag, again.length], [content.etag, content.length]);
  await Deno.writeTextFile(path, "a,b\n0.2,0.3\n");
  const changed = (await predictionsContent(path))!;
  assert.notEqual(changed.etag, content.etag);
  assert.equal(changed.length, 12);
  for (const { close } of [again, changed]) close!();
});

Deno.test("file contents: what takes the file's place after it was opened is not sent", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-content-");
  const path = join(folder, "p.csv");
  await Deno.writeTextFile(path, "index,malignant\n0,0.5\n");
  const opened = [
    await logContent(path, null),
    await logContent(path, 4),
    (await predictionsContent(path))!,
  ];
  await Deno.writeTextFile(join(folder, "secret"), "secret");
  await Deno.symlink(join(folder, "secret"), join(folder, "link"));
  await Deno.rename(join(folder, "link"), path);
  const texts = await Promise.all(opened.map((each) => new Response(each.open()).text()));
  assert.deepEqual(texts, ["index,malignant\n0,0.5\n", "0.5\n", "index,malignant\n0,0.5\n"]);
  assert.deepEqual([(await logContent(path, null)).length, await predictionsContent(path)], [
    0,
    null,
  ]);
});
