import assert from "node:assert/strict";
import { ForeignAnswerError, NoAnswerError, ProblemError } from "./errors.ts";
import { connect, type Site } from "./mod.ts";
import { formOf, path } from "./transport.ts";

type Answer = Response | Error;

/** A site that gives these answers in order and records the requests. */
function pretend(
  answers: readonly (() => Answer)[],
  patienceSeconds?: number,
): { site: Site; sent: Request[] } {
  const sent: Request[] = [];
  const site = connect({
    url: "http://pretended",
    token: "secret",
    patienceSeconds,
    fetch(request): Response {
      const answer = answers[sent.length]?.() ?? new Error("nothing more was to be asked for");
      sent.push(request);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { site, sent };
}

const done = (): Response => Response.json({ items: [], unusable: [] });
const broken = (): Error => new TypeError("connection reset");
const refusal = (type: string, status: number, retryAfter?: string) => (): Response =>
  Response.json(
    { type, title: "No", status, detail: "Not now", request_id: "r1" },
    { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } },
  );
const ORDER = { model: "reference", dataset: "sample", experiment: "exp1" };

Deno.test("a busy service is asked again when it said so, with the token and the same body", async () => {
  const busy = refusal("too_many_requests", 429, "0");
  const { site, sent } = pretend([busy, refusal("unavailable", 503, "0"), done]);
  await site.evaluations.submit(ORDER);
  assert.equal(sent.length, 3);
  const bodies = await Promise.all(sent.map((request) => request.json()));
  assert.deepEqual(bodies, [ORDER, ORDER, ORDER]);
  const keys = new Set(sent.map(({ headers }) => headers.get("idempotency-key")));
  assert.ok(keys.size === 1 && !keys.has(null), "one call, one key");
  assert.ok(sent.every(({ headers }) => headers.get("authorization") === "Bearer secret"));
});

Deno.test("it is not asked again when patience would be at its end, nor when a quota is", async () => {
  const cases = [refusal("too_many_requests", 429, "61"), refusal("quota_exceeded", 429)];
  for (const answer of cases) {
    const { site, sent } = pretend([answer]);
    await assert.rejects(site.evaluations.submit(ORDER), ProblemError);
    assert.equal(sent.length, 1);
  }
  const { site, sent } = pretend([refusal("unavailable", 503, "1")], 0);
  await assert.rejects(site.models.list(), ProblemError);
  assert.equal(sent.length, 1);
});

Deno.test("a problem has all that was said of it", async () => {
  const error = await pretend([refusal("not_found", 404)]).site.models.get("x")
    .then(() => null, (thrown) => thrown);
  assert.ok(error instanceof ProblemError);
  const { type, status, title, detail, message, errors, errorsTotal, requestId } = error;
  assert.deepEqual([type, status, title, detail, message, errors, errorsTotal, requestId], [
    ...["not_found", 404, "No", "Not now", "Not now"],
    [],
    0,
    "r1",
  ]);
});

Deno.test("a broken connection: reading is tried again, what could happen twice is not", async () => {
  const again = pretend([broken, broken, done]);
  await again.site.models.list();
  assert.equal(again.sent.length, 3);
  const keyed = pretend([broken, done]);
  await keyed.site.evaluations.submit(ORDER);
  assert.equal(keyed.sent.length, 2);
  const once = pretend([broken]);
  await assert.rejects(once.site.models.pruneImages(), NoAnswerError);
  assert.equal(once.sent.length, 1);
  const never = pretend([broken, broken, broken]);
  await assert.rejects(never.site.models.list(), /No mammoeval answers at http:\/\/pretended/);
});

Deno.test("what is not mammoeval is told from it", async () => {
  const html = (): Response => new Response("<h1>Bad gateway</h1>", { status: 404 });
  await assert.rejects(pretend([html]).site.models.list(), ForeignAnswerError);
  const moved = (): Response => new Response(null, { status: 301, headers: { location: "/" } });
  await assert.rejects(pretend([moved]).site.models.list(), ForeignAnswerError);
  const cut = (): Response => new Response('{"items":[');
  await assert.rejects(pretend([cut]).site.models.list(), NoAnswerError);
});

Deno.test("a call that is broken off throws its signal's reason", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const { site, sent } = pretend([(): Error => new Error("aborted")]);
  await assert.rejects(site.models.list({ signal }), /enough/);
  assert.ok(sent.length <= 1);
  const later = new AbortController();
  const waits = pretend([refusal("unavailable", 503, "30")]).site.models.list({
    signal: later.signal,
  });
  setTimeout(() => later.abort(new Error("enough")), 0);
  await assert.rejects(waits, /enough/);
});

Deno.test("pages are asked for as they are come to", async () => {
  const page = (items: number[], next_cursor: string | null) => (): Response =>
    Response.json({ items, next_cursor });
  const { site, sent } = pretend([page([1, 2], "a/b"), page([], "c"), page([3], null)]);
  const items = site.scores.list({ dataset: "s", limit: 2 });
  await items.next();
  assert.equal(sent.length, 1);
  assert.deepEqual((await Array.fromAsync(items)).length, 2);
  assert.deepEqual(sent.map(({ url }) => new URL(url).search), [
    "?dataset=s&limit=2",
    "?dataset=s&limit=2&cursor=a%2Fb",
    "?dataset=s&limit=2&cursor=c",
  ]);
});

Deno.test("what is filled into a path stays one part of it", () => {
  assert.equal(path`/v1/datasets/${"a/../b?c#d"}/exams`, "/v1/datasets/a%2F..%2Fb%3Fc%23d/exams");
  for (const id of ["", ".", ".."]) assert.throws(() => path`/v1/datasets/${id}`, TypeError);
});

Deno.test("a form: files, several of them, texts as they are, all else as JSON", () => {
  const [one, two] = [new File(["1"], "1.png"), new File(["2"], "2.png")];
  const form = formOf({ a: [one, two], b: one, c: "text", d: [{ x: 1 }], e: false, f: undefined });
  assert.deepEqual(form.getAll("a").map((file) => (file as File).name), ["1.png", "2.png"]);
  assert.deepEqual([form.get("c"), form.get("d"), form.get("e"), form.has("f")], [
    ...["text", '[{"x":1}]', "false"],
    false,
  ]);
});
