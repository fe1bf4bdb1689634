import assert from "node:assert/strict";
import { contentOf, createBaseApp, fileAnswer, SILENT_LOG } from "../../shared/http/mod.ts";
import { packAnswer } from "./pack_answer.ts";

const LARGE = "a row of text\n".repeat(1000);

function createApp(): ReturnType<typeof createBaseApp> {
  const app = createBaseApp({ service: "gateway", log: SILENT_LOG });
  app.use(packAnswer());
  app.get("/large", (c) => c.json({ text: LARGE }));
  app.get("/small", (c) => c.json({ text: "a" }));
  app.get("/empty", (c) => c.body(null, 200, { "content-type": "application/json" }));
  app.get(
    "/events",
    () => new Response(LARGE, { headers: { "content-type": "text/event-stream" } }),
  );
  app.get("/log", () => new Response(LARGE, { headers: { "content-type": "text/plain" } }));
  app.get("/file", (c) => {
    const bytes = new TextEncoder().encode(LARGE);
    return fileAnswer(c, { ...contentOf(bytes), type: "text/csv", name: "file.csv" });
  });
  return app;
}

async function unpacked(answer: Response): Promise<string> {
  const isPacked = answer.headers.get("content-encoding") === "gzip";
  const stream = isPacked
    ? answer.body!.pipeThrough(new DecompressionStream("gzip"))
    : answer.body!;
  return await new Response(stream).text();
}

Deno.test("a large text is packed for those who take gzip, and is the same unpacked", async () => {
  const app = createApp();
  for (const path of ["/large", "/file"]) {
    const plain = await (await app.request(path)).text();
    for (const accepted of ["gzip", "br, gzip;q=0.5", "*", "GZIP"]) {
      const answer = await app.request(path, { headers: { "accept-encoding": accepted } });
      assert.equal(answer.headers.get("content-encoding"), "gzip", accepted);
      assert.equal(answer.headers.get("content-length"), null);
      assert.match(answer.headers.get("vary") ?? "", /accept-encoding/);
      assert.equal(await unpacked(answer), plain);
    }
  }
});

Deno.test("what is small, goes on, is a part or is not wanted so stays as it is", async () => {
  const app = createApp();
  const gzip = { "accept-encoding": "gzip" };
  const cases: [string, Record<string, string>][] = [
    ...["/small", "/empty", "/events", "/log"].map((path): [string, typeof gzip] => [path, gzip]),
    ...["", "br", "gzip;q=0", "identity"].map((accepted): [string, Record<string, string>] => [
      "/large",
      { "accept-encoding": accepted },
    ]),
    ["/file", { ...gzip, range: "bytes=0-9999" }],
  ];
  for (const [path, headers] of cases) {
    const answer = await app.request(path, { headers });
    assert.equal(
      answer.headers.get("content-encoding"),
      null,
      `${path} ${JSON.stringify(headers)}`,
    );
    await answer.body?.cancel();
  }
});

Deno.test("a packed answer has a weak tag, which still finds that nothing has changed", async () => {
  const app = createApp();
  const answer = await app.request("/file", { headers: { "accept-encoding": "gzip" } });
  const etag = answer.headers.get("etag")!;
  assert.match(etag, /^W\//);
  await answer.body?.cancel();
  const again = await app.request("/file", { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
});
