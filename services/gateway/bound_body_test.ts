import assert from "node:assert/strict";
import { createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { type BodyBounds, boundBody } from "./bound_body.ts";

const BOUNDS = { jsonBytesMax: 10, idleMsMax: 50, bytesPerSMin: 1000 };

function createApp(bounds: Partial<BodyBounds> = BOUNDS): ReturnType<typeof createBaseApp> {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(boundBody(bounds));
  app.all("*", async (c) => c.text(await c.req.text()));
  return app;
}

function send(body: BodyInit, type: string): Response | Promise<Response> {
  return createApp().request("/", { method: "POST", body, headers: { "content-type": type } });
}

/** A body that sends one chunk and then stalls. */
function stalled(first: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
  });
}

Deno.test("a body within bounds arrives as it was sent", async () => {
  assert.equal(await (await send('{"a":1}', "application/json")).text(), '{"a":1}');
  const upload = "multipart/form-data; boundary=x";
  assert.equal(await (await send("x".repeat(100), upload)).text(), "x".repeat(100));
  const exact = await send("0123456789", "application/json");
  assert.equal(await exact.text(), "0123456789");
  assert.equal((await createApp().request("/")).status, 200, "no body is no fault");
});

Deno.test("a JSON body over its bound is refused, by whatever name JSON goes", async () => {
  for (
    const type of [
      ...["application/json", "application/JSON; charset=utf-8", "application/x+json"],
      ...["text/plain", "application/jsonx", "multipart/mixed", ""],
    ]
  ) {
    const answer = await send("0123456789a", type);
    assert.equal(answer.status, 413, type);
    assert.equal((await answer.json()).type, "too_large");
  }
});

Deno.test("a body that stops arriving is refused, and what it came from is let go", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("12")),
    cancel: () => void (cancelled = true),
  });
  const answer = await send(body, "text/csv");
  assert.equal(answer.status, 408);
  assert.match((await answer.json()).detail, /Nothing of the body has arrived for 0.05 s/);
  assert.ok(cancelled);
  assert.equal((await send(stalled("{"), "application/json")).status, 408);
});

Deno.test("a body that comes byte by byte for ever is refused, though it is never silent for long", async () => {
  let open = true;
  const trickle = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (open) controller.enqueue(new Uint8Array(1));
    },
    cancel: () => void (open = false),
  });
  const answer = await send(trickle, "multipart/form-data; boundary=x");
  assert.equal(answer.status, 408);
  assert.match((await answer.json()).detail, /^Only \d+ bytes of the body arrived/);
  assert.equal(open, false);
});

/** A body that lasts until it is ended. */
function endless(): { stream: ReadableStream<Uint8Array>; end: () => void } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.write(new Uint8Array([65])).catch(() => {});
  return { stream: readable, end: () => void writer.close().catch(() => {}) };
}

const as = (user: string, role = "submit"): Record<string, string> => ({
  "x-mammoeval-user": user,
  "x-mammoeval-role": role,
});

Deno.test("a body that goes on beyond its deadline is refused, at whatever rate it comes", async () => {
  let open = true;
  const steady = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (open) controller.enqueue(new Uint8Array(1000));
    },
    cancel: () => void (open = false),
  });
  const app = createApp({ uploadMsMax: 100, idleMsMax: 10_000 });
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  const answer = await app.request("/", { method: "POST", body: steady, headers });
  assert.equal(answer.status, 408);
  assert.match((await answer.json()).detail, /has not arrived within 0.1 s/);
});

Deno.test("uploads that do not end leave room for other users, and the role admin has a reserve", async () => {
  const app = createApp({ uploadsMax: 6, uploadsReserved: 2 });
  const held = Array.from({ length: 6 }, endless);
  const send = (stream: BodyInit, who: Record<string, string>): Promise<Response> =>
    Promise.resolve(app.request("/", {
      method: "POST",
      body: stream,
      headers: { ...who, "content-type": "multipart/form-data; boundary=x" },
    }));
  const mine = held.slice(0, 2).map(({ stream }) => send(stream, as("ada")));
  assert.equal((await send("x", as("ada"))).status, 503);
  const other = send(held[2]!.stream, as("bob"));
  assert.equal((await send("x", as("bob"))).status, 503);
  assert.equal((await send("x", as("owner", "admin"))).status, 200);
  for (const { end } of held) end();
  for (const answer of await Promise.all([...mine, other])) assert.equal(answer.status, 200);
  assert.equal((await send("x", as("ada"))).status, 200, "what has ended makes room");
});

Deno.test("JSON bodies that are held in memory leave room for those of other users", async () => {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(boundBody({ jsonBytesMax: 100, jsonBodiesBytesMax: 250 }));
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  app.post("/held", async (c) => {
    await c.req.text();
    arrived.resolve();
    await gate.promise;
    return c.text("held");
  });
  app.post("/", async (c) => c.text(await c.req.text()));
  const send = async (path: string, who: string): Promise<Response> =>
    await app.request(path, { method: "POST", body: "x".repeat(70), headers: as(who) });
  const held = send("/held", "ada");
  await arrived.promise;
  const refused = await send("/", "ada");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await send("/", "bob")).status, 200);
  gate.resolve();
  assert.equal((await held).status, 200);
  assert.equal((await send("/", "ada")).status, 200, "what has ended makes room");
});

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

Deno.test("a body in gzip arrives unpacked, within the same bounds", async () => {
  const app = createApp({ jsonBytesMax: 100 });
  const send = async (body: BodyInit, coding: string): Promise<Response> =>
    await app.request("/", { method: "POST", body, headers: { "content-encoding": coding } });
  const answer = await send(await gzip('{"a":1}'), "gzip");
  assert.equal(await answer.text(), '{"a":1}');
  assert.equal(await (await send("plain", "identity")).text(), "plain");
  const large = await send(await gzip("x".repeat(1_000_000)), "GZIP");
  assert.equal(large.status, 413);
  const broken = await send((await gzip('{"a":1}')).slice(0, 15), "gzip");
  assert.equal(broken.status, 400);
  assert.match((await broken.json()).detail, /cannot be decompressed/);
  for (const coding of ["br", "deflate", "gzip, gzip", "none"]) {
    const refused = await send("x", coding);
    assert.equal(refused.status, 415, coding);
    assert.equal(refused.headers.get("accept-encoding"), "gzip");
  }
});

Deno.test("an upload that unpacks to far more than its size is refused", async () => {
  const app = createApp({});
  let arrived = 0;
  app.post("/count", async (c) => {
    for await (const part of c.req.raw.body!) arrived += part.length;
    return c.text("all");
  });
  // 100 MiB of zeros, created in chunks, compressed to 100 kB.
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      for (let at = 0; at < 100; at++) controller.enqueue(new Uint8Array(1024 * 1024));
      controller.close();
    },
  });
  const bomb = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  const headers = {
    "content-encoding": "gzip",
    "content-type": "multipart/form-data; boundary=x",
  };
  const answer = await app.request("/count", { method: "POST", body: bomb, headers });
  assert.equal(answer.status, 413);
  assert.match((await answer.json()).detail, /decompresses to over 100 times/);
});

Deno.test("an upload holds its place while it arrives, not while it is worked on", async () => {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  const goOn = Promise.withResolvers<void>();
  let working = 0;
  app.use(boundBody({ uploadsMax: 2, uploadsReserved: 0 }));
  app.post("*", async (c) => {
    await c.req.text();
    if (++working === 3) goOn.resolve();
    await goOn.promise;
    return c.text("done");
  });
  const headers = { ...as("ada"), "content-type": "multipart/form-data; boundary=x" };
  const answers: Response[] = [];
  // One user gets only one of two places, yet the three requests overlap.
  const sent: Promise<unknown>[] = [];
  for (let at = 1; at <= 3; at++) {
    const answer = Promise.resolve(app.request("/", { method: "POST", body: "x", headers }));
    sent.push(answer.then((one) => answers.push(one)));
    while (working < at && answers.length === 0) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  await Promise.all(sent);
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
});
