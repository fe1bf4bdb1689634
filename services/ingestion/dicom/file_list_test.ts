import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { differenceFromMarks, filesMark, marksOf, untilQuiet } from "./file_list.ts";

async function write(path: string, text: string, changed: number): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.utime(path, new Date(changed), new Date(changed));
}

Deno.test("untilQuiet: waits for as long as files come, and for nothing else", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-quiet-");
  let now = Date.now() + 1e6;
  let paused: number[] = [];
  const clock = (
    then: () => Promise<void> = () => Promise.resolve(),
  ): Parameters<typeof untilQuiet>[2] => ({
    now: () => now,
    async pause(ms): Promise<void> {
      paused.push(ms);
      now += ms;
      if (paused.length === 1) await then();
    },
  });
  await untilQuiet(folder, 60_000, clock());
  assert.deepEqual(paused, [], "an empty folder");
  await write(join(folder, "a"), "a", now - 1000);
  await untilQuiet(folder, 0, clock());
  assert.deepEqual(paused, [], "nobody is to wait");
  await untilQuiet(folder, 60_000, clock(() => write(join(folder, "b"), "b", now - 5000)));
  assert.deepEqual(paused, [59_000, 55_000]);
  paused = [];
  await untilQuiet(folder, 60_000, clock());
  assert.deepEqual(paused, [], "files of long ago");
  await write(join(folder, "c"), "c", now + 1e7);
  await untilQuiet(folder, 60_000, clock());
  assert.deepEqual(paused, [60_000], "a clock that is ahead");
});

Deno.test("filesMark: by times or by bytes, it changes with what counts alone", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-marks-");
  const marks = (): Promise<string[]> =>
    Promise.all(
      (["times", "bytes"] as const).map((by) => filesMark(folder, by, new Uint8Array(32))),
    );
  await write(join(folder, "a"), "one", 1000);
  const [times, bytes] = await marks();
  assert.deepEqual(await marks(), [times, bytes]);
  await write(join(folder, "a"), "one", 2000);
  assert.notEqual((await marks())[0], times);
  assert.equal((await marks())[1], bytes);
  await write(join(folder, "a"), "two", 1000);
  assert.notEqual((await marks())[1], bytes);
  await Deno.rename(join(folder, "a"), join(folder, "b"));
  assert.notEqual((await marks())[0], times);
});

Deno.test("a folder is recognised after its files were touched or copied, not after they changed", async () => {
  await using stack = new AsyncDisposableStack();
  const [folder, copy] = await Promise.all(
    ["mammoeval-marks-", "mammoeval-copy-"].map((name) => temporaryFolder(stack, name)),
  );
  const key = new Uint8Array(32);
  await write(join(folder!, "a"), "one", 1000);
  await write(join(copy!, "a"), "one", 2000);
  for (const isUpload of [false, true]) {
    const marks = await marksOf(folder!, key, isUpload);
    assert.equal(await differenceFromMarks(marks, folder!, key), null);
    assert.equal(await differenceFromMarks(marks, copy!, key), null);
    await write(join(copy!, "a"), "two", 2000);
    assert.match(await differenceFromMarks(marks, copy!, key) ?? "same", /content/);
    await write(join(copy!, "a"), "one", 3000);
  }
  const times = await filesMark(folder!, "times", key); // too large to be read twice
  assert.equal(await differenceFromMarks(times, folder!, key), null);
  assert.match(await differenceFromMarks(times, copy!, key) ?? "same", /time/);
});
