import assert from "node:assert/strict";
import { createBaseApp, SILENT_LOG } from "../../../shared/http/mod.ts";
import { keepToSite } from "./keep_to_site.ts";

async function ask(
  headers: Record<string, string>,
  { method = "POST", path = "/x", open = true } = {},
): Promise<number> {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  const isOpen = (): Promise<boolean> => Promise.resolve(open);
  app.use(keepToSite({ hosts: ["mammo.lan"], isOpen }));
  app.all("*", (c) => c.text("done"));
  const url = `http://127.0.0.1:8000${path}`;
  return (await app.request(url, { method, headers: { host: "127.0.0.1:8000", ...headers } }))
    .status;
}

Deno.test("programs and mammoeval's own pages may change something, other sites may not", async () => {
  const own: Record<string, string>[] = [
    {},
    { origin: "http://127.0.0.1:8000" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    // Behind a proxy that replaces the host.
    { "sec-fetch-site": "same-origin", origin: "https://mammo.lan" },
  ];
  for (const headers of own) assert.equal(await ask(headers), 200, JSON.stringify(headers));
  const foreign: Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:9000" },
    { origin: "http://127.0.0.1:8000.evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", origin: "http://127.0.0.1:8000" },
  ];
  for (const headers of foreign) {
    for (const open of [true, false]) {
      assert.equal(await ask(headers, { open }), 403, JSON.stringify(headers));
      assert.equal(await ask(headers, { open, method: "DELETE" }), 403);
      assert.equal(await ask(headers, { open, method: "GET" }), 200, "links may lead here");
    }
  }
});

Deno.test("without tokens only known names are answered, with tokens every one", async () => {
  for (const host of ["localhost:1", "127.0.0.1", "[::1]:8000", "MAMMO.LAN:80", "localhost."]) {
    assert.equal(await ask({ host }, { method: "GET" }), 200, host);
  }
  for (const host of ["evil.example:8000", "127.0.0.1.evil.example", "localhost.evil", "", "@"]) {
    assert.equal(await ask({ host }, { method: "GET" }), 403, host);
    assert.equal(await ask({ host }, { method: "GET", open: false }), 200, host);
    assert.equal(await ask({ host }, { method: "GET", path: "/healthz" }), 200, host);
  }
});
