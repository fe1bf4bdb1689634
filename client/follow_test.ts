import assert from "node:assert/strict";
import { ForeignAnswerError, NoAnswerError, ProblemError } from "./errors.ts";
import { follow, type Followed, patiently, textsOf } from "./follow.ts";
import type { CallOptions } from "./transport.ts";

const URL = "http://pretended";
const PATIENCE = { url: URL, patienceMs: 60_000 };
const LOST = new NoAnswerError(URL, new TypeError("connection reset"));

/** Opens one stream per part, in order; each gives items or breaks with an error. */
function streams(
  ...parts: readonly (readonly (number | Error)[])[]
): Followed<number> & { opened: number } {
  const followed = {
    opened: 0,
    // Over once the last stream is next.
    isOver: () => Promise.resolve(followed.opened === parts.length - 1),
    open: () => Promise.resolve(given(parts[followed.opened++] ?? [])),
  };
  return followed;
}

async function* given(items: readonly (number | Error)[]): AsyncGenerator<number> {
  for (const item of items) {
    if (typeof item !== "number") throw item;
    yield await Promise.resolve(item);
  }
}

Deno.test("what breaks or ends too early is opened again, until it is over", async () => {
  const followed = streams([1, 2, LOST], [3], [4, 5]);
  assert.deepEqual(await Array.fromAsync(follow(followed, PATIENCE, {})), [1, 2, 3, 4, 5]);
  assert.equal(followed.opened, 3);
});

Deno.test("what breaks after it was over is read to its end", async () => {
  const followed = streams([1, LOST], [2]);
  const isOver = (): Promise<boolean> => Promise.resolve(true);
  const items = follow({ ...followed, isOver }, PATIENCE, {});
  assert.deepEqual(await Array.fromAsync(items), [1, 2]);
});

Deno.test("what is no broken connection is thrown", async () => {
  const items = follow(streams([1, new RangeError("too large")], []), PATIENCE, {});
  await assert.rejects(Array.fromAsync(items), /too large/);
});

Deno.test("patience waits for what is away, not for what refuses, and has an end", async () => {
  const problem = (status: number): ProblemError =>
    new ProblemError({ type: "x", title: "x", status, detail: "x", request_id: "x" });
  const away = [LOST, problem(502), new ForeignAnswerError(URL, 503)];
  let tries = 0;
  const answer = await patiently(
    () => tries < away.length ? Promise.reject(away[tries++]) : Promise.resolve("here"),
    PATIENCE,
    {},
  );
  assert.deepEqual([answer, tries], ["here", away.length]);
  for (const error of [problem(404), problem(500), new ForeignAnswerError(URL, 404)]) {
    let asked = 0;
    const refuse = (): Promise<never> => {
      asked++;
      return Promise.reject(error);
    };
    await assert.rejects(patiently(refuse, PATIENCE, {}), error);
    assert.equal(asked, 1);
  }
  const none = { url: URL, patienceMs: 0 };
  await assert.rejects(patiently(() => Promise.reject(LOST), none, {}), LOST);
  const abort = AbortSignal.abort(new Error("enough"));
  const heedful = ({ signal }: CallOptions): Promise<void> =>
    Promise.resolve(signal?.throwIfAborted());
  await assert.rejects(patiently(heedful, PATIENCE, { signal: abort }), /enough/);
});

Deno.test("who does not answer in time has gone", async () => {
  // A negative hold time makes the timeout zero.
  const patience = { url: URL, patienceMs: 0, holdMs: -60_000 };
  const silent = ({ signal }: CallOptions): Promise<never> =>
    new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
  await assert.rejects(patiently(silent, patience, {}), NoAnswerError);
});

Deno.test("a body that breaks or is silent has lost its other end; its reader may leave", async () => {
  let isCancelled = false;
  const open = (start: (controller: ReadableStreamDefaultController) => void): ReadableStream =>
    new ReadableStream({
      start,
      cancel(): void {
        isCancelled = true;
      },
    });
  const bytes = new TextEncoder().encode("a");
  const broken = { body: open((controller) => controller.error(new TypeError("reset"))) };
  await assert.rejects(Array.fromAsync(textsOf(broken, URL, null, {})), NoAnswerError);
  const silent = { body: open((controller) => controller.enqueue(bytes)) };
  await assert.rejects(Array.fromAsync(textsOf(silent, URL, 1, {})), /nothing came for 0\.001 s/);
  assert.ok(isCancelled);
  isCancelled = false;
  const left = { body: open((controller) => controller.enqueue(bytes)) };
  for await (const text of textsOf(left, URL, null, {})) {
    assert.equal(text, "a");
    break;
  }
  assert.ok(isCancelled);
});
