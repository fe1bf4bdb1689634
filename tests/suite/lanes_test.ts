import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { lanesOf, slowest, totalsOf } from "./lanes.ts";

Deno.test("lanesOf: every test file once, those that share the engine in one lane", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-lanes-");
  await Deno.mkdir(join(folder, "a/node_modules"), { recursive: true });
  const write = (name: string, text = ""): Promise<void> =>
    Deno.writeTextFile(join(folder, name), text);
  await write("a/one_test.ts", 'import "../support/engine.ts";');
  await write("a/two_test.tsx", 'import "../support/slurm.ts";');
  for (const name of ["a/three_test.ts", "four_test.ts", "five_test.ts"]) await write(name);
  await write("a/six.ts");
  await write("a/node_modules/seven_test.ts");
  const lanes = (await lanesOf([folder])).map(({ files }) =>
    files.map((file) => file.slice(folder.length + 1))
  );
  assert.deepEqual(lanes.at(-1), ["a/one_test.ts", "a/two_test.tsx"]);
  assert.deepEqual(lanes.flat().toSorted(), [
    "a/one_test.ts",
    "a/three_test.ts",
    "a/two_test.tsx",
    "five_test.ts",
    "four_test.ts",
  ]);
  assert.equal(lanes.length, 3);
  assert.equal((await lanesOf([join(folder, "four_test.ts")])).length, 1);
});

Deno.test("totalsOf: summaries of several runs are added up, in colour too", () => {
  const output = "x ... ok (1ms)\n\nok | 3 passed (5 steps) | 0 failed (1s)\n" +
    "\u001b[31mFAILED\u001b[0m | 10 passed | 2 failed (1 step) | 1 ignored (2s)\n";
  assert.deepEqual(totalsOf(output), { passed: 13, failed: 2, ignored: 1 });
  assert.deepEqual(totalsOf("error: Module not found"), { passed: 0, failed: 0, ignored: 0 });
});

Deno.test("slowest: by time, over several reports, without steps", () => {
  const line = (name: string, time: number): string =>
    `<testcase name="${name}" classname="./x_test.ts" time="${time}" line="1" col="6">\n`;
  const reports = [
    line("a &quot;b&quot;", 2) + line("a &quot;b&quot; &gt; step", 1.9),
    line("c", 30.25) + line("d", 0.5),
  ];
  assert.deepEqual(slowest(reports, 2), [
    "   30.3 s  ./x_test.ts  c",
    '    2.0 s  ./x_test.ts  a "b"',
  ]);
});
