import assert from "node:assert/strict";
import { keepingConsole } from "../tests/support/console.ts";

Deno.test("a pipe gets a line for each change, and now and then how far it is", () => {
  let clock = 0;
  const { console, err } = keepingConsole({ now: () => clock });
  const progress = (done: number): void => console.progress("running", { done, total: 9 });
  progress(1);
  progress(2);
  clock = 10_000;
  progress(3);
  console.progress("scoring");
  console.progress("scoring");
  assert.deepEqual(err, ["running 1 of 9\n", "running 3 of 9\n", "scoring\n"]);
});

Deno.test("a terminal gets a bar that is written over and taken off before a line that stays", () => {
  const { console, out, err } = keepingConsole({ columns: 40 });
  console.progress("running", { done: 1, total: 2 });
  console.result("done");
  assert.equal(err[0], "running [############............] 1 of 2".slice(0, 39));
  assert.deepEqual([err[1], out], ["\r\x1b[K", ["done\n"]]);
  console.progress("x".repeat(100));
  assert.equal(err[2]!.length, 39, "a line that is wrapped could not be taken off");
});

Deno.test("colours only where they are seen", () => {
  const plain = keepingConsole();
  const coloured = keepingConsole({ colour: true });
  for (const { console } of [plain, coloured]) {
    console.complaint("wrong");
    console.result(console.paint("bold", "AUROC"));
  }
  assert.deepEqual([plain.err, plain.out], [["wrong\n"], ["AUROC\n"]]);
  assert.deepEqual(coloured.err, ["\x1b[31mwrong\x1b[39m\n"]);
  assert.deepEqual(coloured.out, ["\x1b[1mAUROC\x1b[22m\n"]);
});

Deno.test("what a container printed does not steer the terminal", () => {
  for (const colour of [false, true]) {
    const { console, err } = keepingConsole({ colour });
    console.note("a\x1b[2Jb\x1b]0;title\x07c\rd");
    assert.deepEqual(err, ["abc\ufffdd\n"]);
  }
});

Deno.test("a JSON document is alone on standard output", () => {
  const { console, out } = keepingConsole({ json: true });
  console.result("for people");
  console.document({ ok: true });
  assert.deepEqual(JSON.parse(out.join("")), { ok: true });
});
