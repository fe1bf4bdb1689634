import assert from "node:assert/strict";
import { forEachOf, pauseFor, singleFlight, singleFlightByKey, within } from "./async.ts";

Deno.test("by key: each has runs of its own, and nothing is kept of what is over", async () => {
  const share = singleFlightByKey<string>();
  let runs = 0;
  const ask = (key: string, who: string): Promise<string> =>
    share(key, async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve));
      return `${key} for ${who}`;
    });
  const answers = await Promise.all([
    ask("ada", "first"),
    ask("eve", "first"),
    ask("ada", "second"),
    ask("ada", "third"),
  ]);
  assert.deepEqual(answers, [
    "ada for first",
    "eve for first",
    "ada for second",
    "ada for second",
  ]);
  assert.equal(runs, 3);
  assert.equal(await ask("ada", "fourth"), "ada for fourth");
});

Deno.test("who asks during a run shares the next one, never the one that has begun", async () => {
  const ends: ((fails: boolean) => void)[] = [];
  const run = singleFlight(() =>
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

Deno.test("within: a value in time, null when the time is over, an error as it is", async () => {
  assert.equal(await within(Promise.resolve(3), 60_000), 3);
  assert.equal(await within(new Promise(() => {}), 0), null);
  await assert.rejects(within(Promise.reject(new RangeError("no")), 60_000), /no/);
});

Deno.test("pauseFor: ends early, and without an error, when the signal fires", async () => {
  const abort = new AbortController();
  const pause = pauseFor(3_600_000, abort.signal);
  abort.abort();
  await pause;
  await pauseFor(3_600_000, abort.signal);
});

Deno.test("a lane that fails stops the others, and nothing goes on after the failure is told", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const slow = Promise.withResolvers<void>();
  const all = forEachOf([0, 1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 0) await slow.promise;
    if (item === 1) {
      queueMicrotask(slow.resolve);
      throw new RangeError("no room");
    }
    ended.push(item);
  });
  await assert.rejects(all, /no room/);
  assert.deepEqual([begun, ended], [[0, 1], [0]]);
});
