import assert from "node:assert/strict";
import { contentOf, fileAnswer } from "./file_answer.ts";
import { SILENT_LOG } from "./log.ts";
import { createBaseApp } from "./service_app.ts";

const TEXT = "0123456789";

function get(headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.get("/file", (c) =>
    fileAnswer(c, {
      ...contentOf(new TextEncoder().encode(TEXT)),
      type: "text/csv",
      name: "Größe of it.csv",
      isDownload: true,
    }));
  return Promise.resolve(app.request("/file", { method, headers }));
}

Deno.test("fileAnswer: the whole file, with length, ETag and a name", async () => {
  const whole = await get();
  assert.equal(await whole.text(), TEXT);
  assert.equal(whole.headers.get("content-length"), "10");
  assert.equal(whole.headers.get("accept-ranges"), "bytes");
  assert.equal(
    whole.headers.get("content-disposition"),
    "attachment; filename=\"Gr__e_of_it.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20of%20it.csv",
  );
  const head = await get({ range: "bytes=0-1" }, "HEAD");
  assert.deepEqual([head.status, head.headers.get("content-length")], [200, "10"]);
  const etag = whole.headers.get("etag")!;
  for (const given of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const same = await get({ "if-none-match": given });
    assert.deepEqual([same.status, await same.text()], [304, ""]);
  }
  assert.equal((await get({ "if-none-match": '"other"' })).status, 200);
});

Deno.test("fileAnswer: ranges", async () => {
  const etag = (await get()).headers.get("etag")!;
  const cases: [Record<string, string>, number, string][] = [
    [{ range: "bytes=0-3" }, 206, "0123"],
    [{ range: "bytes=4-4" }, 206, "4"],
    [{ range: "bytes=7-" }, 206, "789"],
    [{ range: "bytes=7-999" }, 206, "789"],
    [{ range: "bytes=-2" }, 206, "89"],
    [{ range: "bytes=-99" }, 206, TEXT],
    [{ range: "bytes=3-", "if-range": etag }, 206, "3456789"],
    [{ range: "bytes=3-", "if-range": '"old"' }, 200, TEXT],
    [{ range: "bytes=3-", "if-range": `W/${etag}` }, 200, TEXT],
    [{ range: "bytes=5-2" }, 200, TEXT],
    [{ range: "bytes=0-1,3-4" }, 200, TEXT],
    [{ range: "lines=1-2" }, 200, TEXT],
    [{ range: "bytes=-" }, 200, TEXT],
    [{ range: "bytes=a-b" }, 200, TEXT],
  ];
  for (const [headers, status, text] of cases) {
    const answer = await get(headers);
    assert.deepEqual([answer.status, await answer.text()], [status, text], JSON.stringify(headers));
    assert.equal(answer.headers.get("content-length"), String(text.length));
  }
  assert.equal((await get({ range: "bytes=7-" })).headers.get("content-range"), "bytes 7-9/10");
  for (const range of ["bytes=10-", "bytes=10-20", "bytes=-0"]) {
    const answer = await get({ range });
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers.get("content-range"), "bytes */10");
    assert.equal((await answer.json()).type, "range_not_satisfiable");
  }
});
