import assert from "node:assert/strict";
import { addToken } from "../../../tests/support/add_token.ts";
import { startEmbedded } from "../../../tests/support/embedded_service.ts";
import { registerSample } from "../../../tests/support/evaluations.ts";

const BROWSER = { accept: "text/html", "sec-fetch-site": "same-origin" };

const RISING = "left_malignant,right_malignant\n0.1,0.2\n0.3,0.4\n0.5,0.6\n0.7,0.8\n";
const FALLING = "left_malignant,right_malignant\n0.8,0.7\n0.6,0.5\n0.4,0.3\n0.2,0.1\n";

async function score(url: string, model: string, csv: string): Promise<string> {
  const form = new FormData();
  form.set("predictions", new File([csv], "predictions.csv"));
  form.set("dataset", "sample");
  form.set("model", model);
  form.set("bootstrap", "false");
  const answer = await fetch(`${url}/v1/scores`, { method: "POST", body: form });
  const { id, ...rest } = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(rest).slice(0, 300));
  return id;
}

/** First cells of a table's rows, without tags. */
function headsOf(html: string): string[] {
  return [...html.matchAll(/<th scope="row">(.*?)<\/th>/gs)].map(([, cell]) =>
    cell!.replaceAll(/<[^>]*>/g, " ").trim()
  );
}

Deno.test("lists are searched, sorted, counted and paged by their address", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  await registerSample(url);
  for (const model of ["alpha", "beta", "Gamma"]) {
    await score(url, model, model === "beta" ? RISING : FALLING);
  }
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(url + path, { headers: BROWSER });
    assert.equal(answer.status, 200, path);
    return await answer.text();
  };
  assert.deepEqual(headsOf(await read("/scores?sort=model")), ["Gamma", "alpha", "beta"]);
  assert.deepEqual(headsOf(await read("/scores?sort=oldest")), ["alpha", "beta", "Gamma"]);
  assert.equal(headsOf(await read("/scores?sort=auroc"))[0], "beta");
  assert.deepEqual(headsOf(await read("/scores?search=GAM")), ["Gamma"]);
  assert.match(await read("/scores?search=a&limit=25"), /3 score reports/);
  const first = await read("/v1/scores?sort=model&limit=2").then(JSON.parse);
  assert.equal(first.total, 3);
  const rest = await read(`/v1/scores?sort=model&limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(JSON.parse(rest).items.map((item: { model: string }) => item.model), ["beta"]);
  assert.deepEqual(headsOf(await read("/datasets?search=SAM&status=ready")), ["sample"]);
  assert.deepEqual(headsOf(await read("/datasets?status=rejected")), []);
  assert.ok(headsOf(await read("/models?search=refer")).length === 1);
  const wrong = await fetch(`${url}/scores?sort=luck`, { headers: BROWSER });
  assert.equal(wrong.status, 400, await wrong.text());
});

Deno.test("exams and reader studies are listed like all else", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  await registerSample(url);
  for (const name of ["winter", "autumn"]) {
    const form = new FormData();
    const rows = ["case_ID,side,label,AI_x_POM", "a,L,0,0.2", "b,L,1,0.1", `${name},L,0,0.1`];
    form.set("results", new File([rows.join("\n")], "study.csv"));
    form.set("name", name);
    form.set("bootstrap", "false");
    const answer = await fetch(`${url}/v1/reader-studies`, { method: "POST", body: form });
    assert.equal(answer.status, 201, await answer.text());
  }
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(url + path, { headers: BROWSER });
    assert.equal(answer.status, 200, path);
    return await answer.text();
  };
  assert.deepEqual(headsOf(await read("/reader-studies?sort=name")), ["autumn", "winter"]);
  assert.deepEqual(headsOf(await read("/reader-studies?sort=oldest")), ["winter", "autumn"]);
  assert.deepEqual(headsOf(await read("/reader-studies?search=WIN")), ["winter"]);
  assert.match(await read("/reader-studies?search=spring"), /0 reader studies/);
  const first = JSON.parse(await read("/v1/reader-studies?sort=name&limit=1"));
  assert.equal(first.total, 2);
  const rest = await read(`/v1/reader-studies?sort=name&limit=1&cursor=${first.next_cursor}`);
  assert.equal(JSON.parse(rest).items[0].name, "winter");
  const ids = headsOf(await read("/datasets/sample/exams?sort=id"));
  assert.equal(ids.length, 4);
  assert.match(await read("/datasets/sample/exams?limit=25"), /4 exams/);
  assert.deepEqual(headsOf(await read(`/datasets/sample/exams?search=${ids[1]}`)), [ids[1]]);
  const sick = headsOf(await read("/datasets/sample/exams?cancer=yes"));
  assert.ok(sick.length > 0 && sick.length < 4);
});

Deno.test("data are deleted when their name is typed, by data owners alone", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  await registerSample(url);
  const id = await score(url, "alpha", RISING);
  const ask = async (path: string, entries: Record<string, string> | null): Promise<Response> =>
    await fetch(url + path, {
      headers: BROWSER,
      redirect: "manual",
      ...entries === null ? {} : { method: "POST", body: new URLSearchParams(entries) },
    });
  const page = await (await ask("/datasets/sample/delete", null)).text();
  assert.match(page, /data list with its labels: 4 exams/);
  assert.match(page, /Images registered in place: 16 images in /);
  assert.match(page, /0 evaluations and 1 score</);
  for (const typed of ["", "Sample", "sampl"]) {
    const refused = await ask("/datasets/sample/delete", { confirm: typed });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /aria-invalid/);
  }
  const gone = await ask("/datasets/sample/delete", { confirm: "sample" });
  assert.equal(gone.headers.get("location"), "/datasets");
  assert.equal((await ask("/datasets/sample", null)).status, 404);
  const removed = await ask(`/scores/${id}/delete`, {});
  assert.equal(removed.headers.get("location"), "/scores");
  assert.equal((await ask(`/reports/${id}`, null)).status, 404);
  const again = await ask(`/scores/${id}/delete`, {});
  assert.equal(again.status, 404, "there is nothing left to delete");
  const author = await addToken(service, "ada", "submit");
  for (const kind of ["datasets", "evaluations", "scores", "reader-studies"]) {
    for (const method of ["GET", "POST"]) {
      const answer = await fetch(`${url}/${kind}/${id}/delete`, {
        method,
        headers: { ...author, ...BROWSER },
      });
      assert.equal(answer.status, 403, `${method} ${kind}`);
      await answer.body?.cancel();
    }
  }
});
