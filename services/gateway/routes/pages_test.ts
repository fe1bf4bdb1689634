import assert from "node:assert/strict";
import { startEmbedded } from "../../../tests/support/embedded_service.ts";

const BROWSER = { accept: "text/html", "sec-fetch-site": "same-origin" };

Deno.test("forms: what is not taken comes back with the reason, the status and what was filled in", async () => {
  await using service = await startEmbedded();
  const send = (path: string, entries: Record<string, string>): Promise<Response> =>
    fetch(service.url + path, {
      method: "POST",
      headers: BROWSER,
      body: new URLSearchParams(entries),
      redirect: "manual",
    });
  const refused = await send("/datasets", { kind: "png", name: 'x"><b>', images: "/etc" });
  assert.equal(refused.status, 400);
  const html = await refused.text();
  assert.match(html, /Please correct the following/);
  assert.match(html, /data_list/, "it names the field");
  assert.match(html, /value="x&quot;&gt;&lt;b&gt;"/);
  const taken = await send("/datasets", {
    kind: "png",
    name: "sample",
    images: "sample_data/images",
    data_list: "sample_data/data.pkl",
    check: "header",
  });
  assert.equal(taken.status, 303);
  assert.equal(taken.headers.get("location"), "/datasets/sample");
  const wrong = await send("/evaluations", { model: "reference", parameters: "x" });
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /NAME=value/);
});

Deno.test("pages: one policy, the script from here, nothing for strangers' pages", async () => {
  await using service = await startEmbedded();
  const page = await fetch(service.url, { headers: BROWSER });
  assert.match(
    page.headers.get("content-security-policy")!,
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'self'; connect-src 'self'; /,
  );
  await page.body?.cancel();
  const script = await fetch(`${service.url}/live.js`);
  assert.match(script.headers.get("content-type")!, /^text\/javascript/);
  new Function(await script.text());
  for (const path of ["/datasets", "/evaluations", "/evaluations/x/cancel"]) {
    const foreign = await fetch(service.url + path, {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site" },
      body: new URLSearchParams({ kind: "png", name: "x" }),
    });
    assert.equal(foreign.status, 403, path);
    await foreign.body?.cancel();
  }
  const missing = await fetch(`${service.url}/evaluations/none`, { headers: BROWSER });
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /<h1>Not found<\/h1>/);
});
