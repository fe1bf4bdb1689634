import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { registerSample } from "../support/evaluations.ts";
import { type RawRequest, sendLines } from "./send_lines.ts";

/** What the page of another site can make a browser add, and the same from a page of our own. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: "http://evil.example" },
  { origin: "null" },
  { origin: "http://127.0.0.1:1" },
  { origin: "https://127.0.0.1" },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
  { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
];
const BODY_TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json",
];
const NAMES = [
  "evil.example",
  "127.0.0.1.nip.example",
  "localhost.evil.example",
  "x@y",
  "10.0.0.1",
];
const ORDER = JSON.stringify({
  model: "reference",
  experiment: "site",
  dataset: "sample",
  bootstrap: false,
});

/** Bodies that take a careless reader's time, memory or prototype. */
const BOMBS: Readonly<Record<string, string>> = {
  depth: "[".repeat(200_000) + "]".repeat(200_000),
  "a long number": `{"model":${"9".repeat(500_000)}}`,
  "an exponent": '{"model":"reference","timeout_s":1e999999}',
  prototype: '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}',
  "keys twice": `{"model":"reference","model":"../..","dataset":"sample","experiment":"e"}`,
  "many keys": `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":0`).join()}}`,
  surrogates: '{"model":"\\ud800","experiment":"\\udfff","dataset":"sample"}',
};

Deno.test("pages of other sites, other names, and bodies made to harm: none gets through", async () => {
  await using service = await startEmbedded({ MAMMOEVAL_RATE_LIMIT: "0" });
  const { url } = service;
  await registerSample(url);
  const through: string[] = [];
  let tried = 0;
  const attack = async (
    name: string,
    request: RawRequest,
    fits: (status: number) => boolean,
  ): Promise<void> => {
    tried++;
    const { status, text } = await sendLines(url, request);
    if (!fits(status)) through.push(`${name}: ${status} ${text.slice(-200)}`);
  };
  const isForbidden = (status: number): boolean => status === 403;
  const isRefused = (status: number): boolean => status >= 400 && status < 500;

  const post = (type: string, headers: Readonly<Record<string, string>>): RawRequest => (
    {
      ...{ method: "POST", path: "/v1/evaluations", body: ORDER },
      headers: { "content-type": type, ...headers },
    }
  );
  const { host } = new URL(url);
  const own = [{}, { origin: `http://${host}` }, { "sec-fetch-site": "same-origin" }];
  for (const headers of own) {
    const { status, text } = await sendLines(url, post("application/json", headers));
    assert.equal(status, 202, `the same without the attack works: ${text}`);
  }
  for (const headers of FOREIGN) {
    const name = JSON.stringify(headers);
    for (const type of BODY_TYPES) {
      await attack(`${type} ${name}`, post(type, headers), isForbidden);
    }
    const doors = [
      "DELETE /v1/datasets/sample",
      "POST /v1/images/prune",
      "PUT /v1/datasets/sample",
    ];
    for (const door of doors) {
      const [method, path] = door.split(" ") as [string, string];
      await attack(`${door} ${name}`, { method, path, headers }, isForbidden);
    }
  }

  const read = (headers: Readonly<Record<string, string>>, path = "/v1/datasets"): RawRequest => (
    { method: "GET", path, headers }
  );
  for (const name of [host, "localhost", "[::1]:8000"]) {
    assert.equal((await sendLines(url, read({ host: name }))).status, 200, name);
  }
  for (const name of NAMES) {
    for (const path of ["/", "/v1/datasets", "/v1/evaluations", "/openapi.json", "/metrics"]) {
      await attack(`${path} of ${name}`, read({ host: name }, path), isRefused);
    }
  }

  const asks = { origin: "http://evil.example", "access-control-request-method": "POST" };
  const answer = await sendLines(url, {
    method: "OPTIONS",
    path: "/v1/evaluations",
    headers: asks,
  });
  tried++;
  if (/access-control-allow/i.test(answer.text)) through.push("CORS is on");

  for (const [name, body] of Object.entries(BOMBS)) {
    await attack(name, { ...post("application/json", {}), body }, isRefused);
  }
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x-${at}`, "v"]));
  const answers = (status: number): boolean => status < 500;
  await attack("5,000 headers", read(many), answers);
  await attack("a header of 1 MB", read({ "x-long": "x".repeat(1_000_000) }), answers);
  await attack("7,500 parameters", read({}, `/v1/datasets?${"a=1&".repeat(7_500)}`), answers);
  assert.equal((await sendLines(url, read({}))).status, 200, "it still answers");

  const line = `tried ${tried}, got through ${through.length}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
  assert.deepEqual(through, []);
});
