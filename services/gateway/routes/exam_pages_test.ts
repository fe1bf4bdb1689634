import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../../../tests/support/embedded_service.ts";

const BROWSER = { accept: "text/html", "sec-fetch-site": "same-origin" };

Deno.test("exams: a report's misses lead to exams with pictures, scores and the next miss", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(url + path, { headers: BROWSER });
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text.slice(0, 300)}`);
    return text;
  };
  const registered = await fetch(`${url}/v1/datasets`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "wait=300" },
    body: JSON.stringify({
      name: "Our sample",
      images: join(PROJECT, "sample_data/images"),
      data_list: join(PROJECT, "sample_data/data.pkl"),
    }),
  });
  const { id: dataset } = await registered.json();
  const form = new FormData();
  // The cancers are in the last exams, which have the lowest scores.
  const rows = [0, 1, 2, 3].flatMap((exam) =>
    ["L_CC", "R_CC", "L_MLO", "R_MLO"].map((view) => `${exam}_${view},${0.9 - 0.2 * exam}`)
  );
  const csv = ["image_index,malignant_pred", ...rows].join("\n");
  form.set("predictions", new File([csv], "predictions.csv"));
  form.set("dataset", dataset);
  form.set("experiment", "first");
  form.set("bootstrap", "false");
  const scored = await fetch(`${url}/v1/scores`, { method: "POST", body: form });
  const { id: score, ...told } = await scored.json();
  assert.equal(scored.status, 201, JSON.stringify(told).slice(0, 300));

  const start = await get("/");
  assert.match(start, />Our sample</, "names as people gave them");
  const report = await get(`/reports/${score}`);
  const link = /<a class="exam" href="([^"]+)"><img src="([^"]+)"/.exec(report);
  assert.ok(link, "the worst miss has a picture");
  const [, exam, picture] = link.map((part) => part.replaceAll("&amp;", "&"));
  const thumbnail = await fetch(url + picture!);
  assert.equal(thumbnail.status, 200);
  assert.equal(thumbnail.headers.get("content-type"), "image/webp");
  await thumbnail.body?.cancel();
  const page = await get(exam!);
  assert.equal(page.match(/<img /g)?.length, 4, "four plain pictures");
  assert.match(page, /rel="next" href="[^"]+in=/, "on to the next miss");
  assert.match(page, /1 of \d in the list/);
  assert.ok(page.includes(`href="/reports/${score}"`), "what the model says of it");
  const saved = await get(`/v1/scores/${score}/report.html`);
  assert.doesNotMatch(saved, /<img |class="exam"/, "a saved report shows no exam");

  assert.match(await get(`/datasets/${dataset}/exams?limit=2`), /Next page/);
  assert.match(await get("/scores?limit=25"), /<td>first<\/td>/);
  assert.doesNotMatch(await get("/scores?model=none"), /<td>first<\/td>/);
  assert.match(
    await get("/evaluations?status=failed&limit=200"),
    /<option value="failed" selected/,
  );
});
