import assert from "node:assert/strict";
import { CALLER_HEADERS, type Role } from "../../../shared/http/mod.ts";
import { datasetFiles, silentDamage } from "../../../shared/volume/mod.ts";
import {
  askApp,
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  putDataset,
  type World,
} from "../../../tests/support/scoring/world.ts";
import { createVolumeScoreStore } from "../store/volume_score_store.ts";

/** Requests a path as a caller with a role. */
async function ask(
  { app }: World,
  role: Role,
  path: string,
  init: { method?: string; body?: FormData | object } = {},
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = {
    [CALLER_HEADERS.user]: "eve",
    [CALLER_HEADERS.role]: role,
  };
  const { method = init.body === undefined ? "GET" : "POST", body } = init;
  const sent = body === undefined || body instanceof FormData ? body : JSON.stringify(body);
  if (typeof sent === "string") headers["content-type"] = "application/json";
  const response = await askApp(app, path, {
    method,
    headers,
    ...(sent === undefined ? {} : { body: sent }),
  });
  return { status: response.status, text: await response.text() };
}

/** Scores predictions on a registered dataset as the data owner. */
async function score(
  world: World,
  factor: number,
  dataset = "sample",
  expected = 201,
): Promise<string> {
  const body = new FormData();
  const predictions = makePredictions(12, (exam, side) => fairScore(exam, side) ** factor);
  body.set("dataset", dataset);
  body.set("predictions", new File([predictions], "p.csv"));
  body.set("model", `model${factor}`);
  body.set("bootstrap", "false");
  const { status, text } = await ask(world, "admin", "/v1/scores", { body });
  assert.equal(status, expected, text);
  return JSON.parse(text).id;
}

/** Registers the dataset with a release policy, like ingestion does. */
async function gated(world: World, release: string): Promise<void> {
  await putDataset(world.layout, "sample", makeList(12));
  const { record } = datasetFiles(world.layout, "sample");
  const dataset = JSON.parse(await Deno.readTextFile(record));
  await Deno.writeTextFile(record, JSON.stringify({ ...dataset, release }));
}

/** Every path that returns part of a score. */
function pathsOf(id: string): string[] {
  const files = ["roc.png", "roc.svg", "curves.csv", "samples.csv", "histogram.svg"];
  return [
    `/reports/${id}`,
    `/v1/scores/${id}/report.html`,
    ...files.map((file) => `/v1/scores/${id}/breast/${file}`),
  ];
}

Deno.test("a score is made, and its leaderboard found, by a dataset's name as by its id", async () => {
  await using world = await createWorld();
  await gated(world, "open");
  const { record } = datasetFiles(world.layout, "sample");
  const dataset = JSON.parse(await Deno.readTextFile(record));
  await Deno.writeTextFile(record, JSON.stringify({ ...dataset, name: "München Q3" }));
  const id = await score(world, 1);
  assert.equal(await score(world, 1, "München Q3", 200), id);
  for (const name of ["sample", encodeURIComponent("München Q3")]) {
    assert.equal((await ask(world, "admin", `/leaderboards/${name}`)).status, 200, name);
  }
});

Deno.test("a withheld score says that it is withheld, and shows nowhere, until it is released", async () => {
  await using world = await createWorld();
  await gated(world, "owner");
  const [a, b] = [await score(world, 1), await score(world, 2)];
  const release = `/v1/scores/${a}/release`;
  for (const role of ["read", "submit"] as const) {
    const { status, text } = await ask(world, role, `/v1/scores/${a}`);
    assert.deepEqual([status, JSON.parse(text)], [200, { id: a, status: "withheld" }]);
    for (const path of pathsOf(a)) {
      const refused = await ask(world, role, path);
      assert.equal(refused.status, 403, path);
      assert.match(refused.text, /withheld until the data owner releases it/);
    }
    for (
      const path of [
        "/v1/scores",
        "/v1/leaderboards",
        "/leaderboards/sample",
        "/v1/scores?model=model1",
      ]
    ) {
      const { text } = await ask(world, role, path);
      assert.ok(!text.includes(a) && !text.includes("model1"), `${path}: ${text.slice(0, 200)}`);
    }
    const board = await ask(world, role, "/v1/leaderboards/sample");
    assert.deepEqual(JSON.parse(board.text).entries, []);
    const body = { scores: [a, b], bootstrap: false };
    for (const path of ["/v1/comparisons", "/v1/ensembles"]) {
      assert.equal((await ask(world, role, path, { body })).status, 403, path);
    }
    const page = await ask(world, role, `/comparisons?score=${a}&score=${b}&bootstrap=false`);
    assert.equal(page.status, 403);
  }
  assert.equal((await ask(world, "admin", `/reports/${a}`)).status, 200, "the data owner sees it");
  assert.equal((await ask(world, "admin", release, { body: { as: "full" } })).status, 200);
  assert.equal(JSON.parse((await ask(world, "read", `/v1/scores/${a}`)).text).model, "model1");
  assert.equal((await ask(world, "read", `/reports/${a}`)).status, 200);
  assert.equal((await ask(world, "admin", release, { method: "DELETE" })).status, 204);
  assert.equal(JSON.parse((await ask(world, "read", `/v1/scores/${a}`)).text).status, "withheld");
  await Deno.remove(datasetFiles(world.layout, "sample").folder, { recursive: true });
  assert.equal(JSON.parse((await ask(world, "read", `/v1/scores/${b}`)).text).status, "withheld");
});

Deno.test("a coarse score has values of two digits, and nothing that counts exams", async () => {
  await using world = await createWorld();
  await gated(world, "coarse");
  const [a, b] = [await score(world, 1), await score(world, 2)];
  const whole = JSON.parse((await ask(world, "admin", `/v1/scores/${a}`)).text);
  const seen = JSON.parse((await ask(world, "submit", `/v1/scores/${a}`)).text);
  const { breast } = seen.levels;
  assert.equal(breast.auroc.value, Math.round(whole.levels.breast.auroc.value * 100) / 100);
  assert.deepEqual([breast.operating_points, breast.calibration.bins, seen.subgroups], [
    [],
    [],
    [],
  ]);
  const board = (await ask(world, "submit", "/v1/leaderboards/sample")).text;
  for (const text of [JSON.stringify(seen.levels), JSON.stringify(JSON.parse(board).entries)]) {
    assert.doesNotMatch(text, /(?<!\d)\d\.\d{3}/);
  }
  assert.ok(JSON.parse(board).entries.every(({ levels }: Json) => levels.breast.auroc.value > 0));
  const page = await ask(world, "submit", `/reports/${a}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /with two digits/);
  assert.doesNotMatch(page.text, /<svg/);
  for (const path of pathsOf(a).slice(2)) {
    assert.equal((await ask(world, "submit", path)).status, 403, path);
  }
  const body = { scores: [a, b], bootstrap: false };
  assert.equal((await ask(world, "submit", "/v1/comparisons", { body })).status, 403);
  const made = JSON.parse((await ask(world, "admin", "/v1/ensembles", { body })).text);
  const ensemble = JSON.parse((await ask(world, "submit", `/v1/scores/${made.id}`)).text);
  assert.deepEqual(ensemble.levels.breast.operating_points, [], "as its parts are released");
});

Deno.test("a score that is made again after its deletion is withheld again", async () => {
  await using world = await createWorld();
  await gated(world, "owner");
  const id = await score(world, 1);
  const seen = async (): Promise<Json> =>
    JSON.parse((await ask(world, "submit", `/v1/scores/${id}`)).text);
  await ask(world, "admin", `/v1/scores/${id}/release`, { body: { as: "full" } });
  assert.ok("levels" in await seen());
  await ask(world, "admin", `/v1/scores/${id}`, { method: "DELETE" });
  assert.equal(await score(world, 1), id, "the same content has the same id");
  assert.deepEqual(await seen(), { id, status: "withheld" });
});

Deno.test("a release that cannot be read withholds the score", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(12));
  const id = await score(world, 1);
  await Deno.writeTextFile(`${world.layout.scores}/${id}/release.json`, "{");
  const restarted = createVolumeScoreStore(world.layout, silentDamage(world.layout));
  assert.equal(restarted.released((await restarted.get(id))!), "withheld");
});

Deno.test("whoever uploaded a list sees its score, whatever the site withholds from others", async () => {
  await using world = await createWorld();
  const body = new FormData();
  body.set("data_list", new File([JSON.stringify(makeList(12))], "data.json"));
  body.set("predictions", new File([makePredictions(12, fairScore)], "p.csv"));
  body.set("bootstrap", "false");
  const { id } = JSON.parse((await ask(world, "submit", "/v1/scores", { body })).text);
  await ask(world, "admin", `/v1/scores/${id}/release`, { method: "DELETE" });
  assert.ok("levels" in JSON.parse((await ask(world, "submit", `/v1/scores/${id}`)).text));
  const refused = await ask(world, "admin", `/v1/scores/${id}/release`, { body: { as: "all" } });
  assert.equal(refused.status, 400);
});
