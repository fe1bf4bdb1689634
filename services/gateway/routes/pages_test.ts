import assert from "node:assert/strict";
import { eventually } from "../../../tests/support/eventually.ts";
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
  await eventually(
    async () => (await (await fetch(`${service.url}/v1/datasets/sample`)).json()).status,
    (status) => status === "ready",
  );
  const wrong = await send("/evaluations", {
    ...{ model: "reference", parameters: "x", experiment: "y y", prevalence: "7" },
  });
  assert.equal(wrong.status, 400);
  const marked = await wrong.text();
  for (const field of ["parameters", "experiment", "prevalence"]) {
    assert.match(marked, new RegExp(`id="${field}-fault"`), "every wrong field is marked");
  }
  assert.match(marked, /NAME=value/);
  assert.match(marked, /value="y y"/);
});

Deno.test("forms with files: every wrong field is marked, and texts are kept", async () => {
  await using service = await startEmbedded();
  const send = async (path: string, entries: Record<string, string | File>): Promise<string> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(entries)) form.set(name, value);
    const answer = await fetch(service.url + path, {
      method: "POST",
      headers: BROWSER,
      body: form,
    });
    assert.equal(answer.status, 400, path);
    return await answer.text();
  };
  const large = new File([new Uint8Array(300_000)], "list.txt");
  const score = await send("/scores", {
    ...{ dataset: "", model: "two words", experiment: "kept", prevalence: "7" },
    ...{ predictions: new File(["a"], "p.csv"), data_list: "" },
  });
  for (const field of ["model", "prevalence", "data_list"]) {
    assert.match(score, new RegExp(`id="${field}-fault"`), field);
  }
  assert.match(score, /value="two words"[\s\S]*value="kept"/);
  const data = await send("/datasets/upload", {
    ...{ kind: "png-upload", name: "to be kept", check: "all" },
    ...{ data_list: large },
  });
  assert.match(data, /value="to be kept"/);
  assert.match(data, /id="png-upload-images-fault"/);
  assert.match(data, /check: send/);
  const study = await send("/reader-studies", {
    ...{ name: "evening", reader_threshold: "high", results: new File([], "") },
  });
  assert.match(study, /value="evening"[\s\S]*id="reader_threshold-fault"[\s\S]*id="results-fault"/);
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
