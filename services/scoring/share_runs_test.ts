import assert from "node:assert/strict";
import { shareRuns } from "./share_runs.ts";

Deno.test("who asks during a run shares the next one, never the one that has begun", async () => {
  const ends: ((fails: boolean) => void)[] = [];
  const run = shareRuns(() =>
    new Promise<number>((resolve, reject) => {
      const turn = ends.length;
      ends.push((fails) => fails ? reject(new Error("broken")) : resolve(turn));
    })
  );
  const first = run();
  const others = [run(), run()];
  assert.equal(ends.length, 1, "one at a time");
  ends[0]!(true);
  await assert.rejects(first, /broken/);
  ends[1]!(false);
  assert.deepEqual(await Promise.all(others), [1, 1], "a failure is not handed on");
  const last = run();
  ends[2]!(false);
  assert.equal(await last, 2);
});
