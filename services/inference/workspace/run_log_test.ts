import assert from "node:assert/strict";
import { join } from "node:path";
import { LOG_TAIL_LINES } from "../../../shared/limits.ts";
import { openRunLog, type RunLog } from "./run_log.ts";
import { streamLog } from "./stream_log.ts";

async function withPath(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    await test(join(folder, "results", "log.txt"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const at = (second: number): string =>
  `2030-01-01T00:00:${String(second).padStart(2, "0")}.000000001Z`;

function print(log: RunLog, from: number, to: number): void {
  for (let second = from; second <= to; second++) {
    log.line({ at: at(second), text: `line ${second}` });
  }
}

Deno.test("the log has both voices; its tail is the model's alone", () =>
  withPath(async (path) => {
    const log = await openRunLog(path);
    log.say("started");
    print(log, 1, 2);
    log.say("ended");
    assert.deepEqual(log.tail(), ["line 1", "line 2"]);
    assert.ok(!log.resume().isNew({ at: at(2), text: "line 2" }));
    log.close();
    const lines = (await Deno.readTextFile(path)).trim().split("\n");
    assert.deepEqual(lines.map((line) => line.slice(line.indexOf(" ") + 1)), [
      "[mammoeval] started",
      "line 1",
      "line 2",
      "[mammoeval] ended",
    ]);
  }));

Deno.test("after a kill it goes on where it ended, a torn last line does not count", () =>
  withPath(async (path) => {
    const first = await openRunLog(path);
    print(first, 1, 50);
    first.say("killed now");
    first.close();
    await Deno.writeTextFile(path, "2030-01-01T00:0", { append: true });
    const second = await openRunLog(path);
    assert.ok(!second.resume().isNew({ at: at(50), text: "line 50" }));
    assert.ok(second.resume().isNew({ at: at(51), text: "line 51" }));
    assert.equal(second.tail().length, LOG_TAIL_LINES);
    assert.equal(second.tail().at(-1), "line 50");
    print(second, 51, 51);
    second.close();
    const whole = (await Deno.readTextFile(path)).split("\n");
    assert.ok(whole.includes(`${at(51)} line 51`), "the torn line has got an end of its own");
  }));

Deno.test("the tail begins where the model does: the build's lines are not the model's, also after a kill", () =>
  withPath(async (path) => {
    const log = await openRunLog(path);
    print(log, 1, 3);
    assert.deepEqual(log.tail(), ["line 1", "line 2", "line 3"], "of a build that fails");
    log.started("cpu");
    assert.deepEqual(log.tail(), []);
    print(log, 4, 5);
    log.close();
    const again = await openRunLog(path);
    assert.deepEqual(again.tail(), ["line 4", "line 5"]);
    assert.ok(!again.resume().isNew({ at: at(5), text: "line 5" }));
    again.close();
  }));

Deno.test("a fresh log has seen nothing", () =>
  withPath(async (path) => {
    const log = await openRunLog(path);
    assert.deepEqual([log.resume().since, log.tail()], [null, []]);
    log.close();
  }));

Deno.test("a log is streamed while it grows, to its end", () =>
  withPath(async (path) => {
    let ended = false;
    const stream = streamLog(path, () => ended).pipeThrough(new TextDecoderStream());
    const log = await openRunLog(path);
    print(log, 1, 1);
    let text = "";
    for await (const chunk of stream) {
      text += chunk;
      if (text.includes("line 3")) break;
      if (text.includes("line 2")) {
        print(log, 3, 3);
        ended = true;
      } else print(log, 2, 2);
    }
    log.close();
    assert.deepEqual([...text.matchAll(/line \d/g)].map(([line]) => line), [
      "line 1",
      "line 2",
      "line 3",
    ]);
  }));

Deno.test("the log of an evaluation that wrote none is empty", () =>
  withPath(async (path) => {
    assert.equal(await new Response(streamLog(path, () => true)).text(), "");
  }));

Deno.test("who stops reading stops the stream", () =>
  withPath(async (path) => {
    const log = await openRunLog(path);
    print(log, 1, 1);
    const reader = streamLog(path, () => false).getReader();
    assert.ok((await reader.read()).value);
    const pending = reader.read();
    await reader.cancel();
    assert.equal((await pending).done, true);
    log.close();
  }));

Deno.test("after a kill, lines that overtook each other come once, and one that was still on its way is not lost", () =>
  withPath(async (path) => {
    const early = { at: at(18), text: "of standard error, on its way at the kill" };
    const lines = [20, 21, 22, 19].map((second) => ({ at: at(second), text: `line ${second}` }));
    const log = await openRunLog(path);
    for (const line of lines) log.line(line);
    log.close();
    const again = await openRunLog(path);
    const { since, isNew } = again.resume();
    again.close();
    assert.ok(since !== null && since < early.at, "the engine is asked for it again");
    assert.deepEqual([...lines, early].filter(isNew), [early]);
  }));

Deno.test("of a long log, all that may come again is known", () =>
  withPath(async (path) => {
    const log = await openRunLog(path);
    const lines = Array.from({ length: 5000 }, (_, line) => ({
      at: new Date(Date.UTC(2030, 0, 1) + line).toISOString().replace("Z", "000000Z"),
      text: `line ${line}`,
    }));
    for (const line of lines) log.line(line);
    const { since, isNew } = log.resume();
    log.close();
    assert.deepEqual(lines.filter((line) => line.at > since! && isNew(line)), []);
  }));
