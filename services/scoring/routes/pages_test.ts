import assert from "node:assert/strict";
import { join } from "node:path";
import {
  askApp,
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  postForm,
  putDataset,
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

Deno.test("GET /reports/{id}: the page under a strict policy, the same numbers as the JSON", async () => {
  await using world = await createWorld();
  const report = await uploadScore(world.app, 30, fairScore, { model: "nyu_gmic" });
  const response = await askApp(world.app, `/reports/${report.id}`);
  assert.equal(response.status, 200);
  const policy = response.headers.get("content-security-policy")!;
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
  const html = await response.text();
  assert.match(html, /<h1>nyu_gmic on an uploaded data list<\/h1>/);
  assert.ok(html.includes(report.levels.breast.auroc.value!.toFixed(3)));
  assert.ok(html.includes(report.levels.image!.auroc.value!.toFixed(3)));
  assert.match(html, /AUROC by density/);
  assert.equal(html.match(/<svg/g)!.length >= 5, true);
});

Deno.test("the same page lies beside the score as one file, and can be fetched", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, 12, fairScore);
  const response = await askApp(world.app, `/v1/scores/${id}/report.html`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-security-policy")!, /^default-src 'none'/);
  const fetched = await response.text();
  const kept = await Deno.readTextFile(join(world.layout.scores, id, "report.html"));
  assert.equal(fetched, kept);
  assert.doesNotMatch(kept, /href="\//);
});

Deno.test("GET /leaderboards/{dataset}: the models on a dataset", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "autumn", makeList(30));
  for (const [model, sharpness] of [["first", 1], ["second", 0.3]] as const) {
    const score: typeof fairScore = (exam, side) =>
      fairScore(exam, side) * sharpness + ((exam * 13) % 30) / 60;
    const { status } = await postForm(world.app, "/v1/scores", {
      dataset: "autumn",
      model,
      predictions: new File([makePredictions(30, score)], "predictions.csv"),
      bootstrap: '{"replicates":400}',
    });
    assert.equal(status, 201);
  }
  const response = await askApp(world.app, "/leaderboards/autumn");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-security-policy")!, /^default-src 'none'/);
  const html = await response.text();
  assert.ok(html.indexOf(">first</a>") < html.indexOf(">second</a>"), "by rank");
  assert.match(html, /the best/);
  assert.match(html, /id="uploaded-image-board"/);
});

Deno.test("what is not there is a page for a person and a problem for a program", async () => {
  await using world = await createWorld();
  for (
    const path of [
      "/leaderboards/x",
      "/reports/nothing",
      "/reports/0193f1f0-0000-7000-8000-000000000001",
    ]
  ) {
    const program = await askApp(world.app, path);
    assert.equal(program.status, 404);
    assert.match(program.headers.get("content-type")!, /^application\/problem\+json/);
    assert.equal((await program.json()).type, "not_found");
  }
});

Deno.test("calibration and histogram are drawn when somebody asks for them", async () => {
  await using world = await createWorld();
  const { levels } = await uploadScore(world.app, 12, fairScore);
  for (const level of [levels.breast, levels.image!]) {
    for (const url of [level.plots.calibration, level.plots.histogram]) {
      const png = await askApp(world.app, url);
      assert.equal(png.headers.get("content-type"), "image/png");
      assert.deepEqual([...(await png.bytes()).subarray(1, 4)], [0x50, 0x4e, 0x47]);
    }
    for (const url of [level.plots.calibration_svg, level.plots.histogram_svg]) {
      assert.match(await (await askApp(world.app, url)).text(), /^<svg [\s\S]*level<\/title>/);
    }
  }
  const missing = levels.breast.plots.histogram.replace("/breast/", "/case/");
  assert.equal((await askApp(world.app, missing)).status, 400);
});

Deno.test("a page of another site starts no computation, and still reaches what is only read", async () => {
  await using world = await createWorld();
  const { id } = await uploadScore(world.app, 12, fairScore, { model: "first" });
  const other = await uploadScore(world.app, 12, fairScore, { model: "second" });
  const computed = [
    `/comparisons?score=${id}&score=${other.id}`,
    "/leaderboards/sample",
    "/v1/leaderboards/sample",
    "/v1/leaderboards/sample.csv",
    `/v1/scores/${id}/breast/calibration.png`,
  ];
  const ask = async (path: string, site: string): Promise<number> => {
    const answer = await world.app.request(path, { headers: { "sec-fetch-site": site } });
    await answer.body?.cancel();
    return answer.status;
  };
  for (const path of computed) {
    for (const site of ["cross-site", "same-site"]) assert.equal(await ask(path, site), 403, path);
    for (const site of ["same-origin", "none"]) assert.notEqual(await ask(path, site), 403, path);
  }
  assert.equal(await ask(`/reports/${id}`, "cross-site"), 200);
});
