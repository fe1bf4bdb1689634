import assert from "node:assert/strict";
import { createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { boundBody } from "./bound_body.ts";

const BOUNDS = { jsonBytesMax: 10, idleMsMax: 50, bytesPerSMin: 1000 };

function createApp(): ReturnType<typeof createBaseApp> {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(boundBody(BOUNDS));
  app.all("*", async (c) => c.text(await c.req.text()));
  return app;
}

function send(body: BodyInit, type: string): Response | Promise<Response> {
  return createApp().request("/", { method: "POST", body, headers: { "content-type": type } });
}

/** A body of which a part comes, and then nothing any more. */
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
  assert.match((await answer.json()).detail, /^Only \d+ bytes of the body have arrived/);
  assert.equal(open, false);
});
