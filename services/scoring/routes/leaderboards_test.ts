import assert from "node:assert/strict";
import { leaderboardSchema } from "../../../shared/contracts/leaderboards.ts";
import { readTable } from "../../../shared/format/mod.ts";
import { datasetFiles } from "../../../shared/volume/mod.ts";
import {
  askApp,
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  postForm,
  putDataset,
  putPredictions,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 30;

type Score = (exam: number, side: "L" | "R") => number;

const worse: Score = (exam, side) => fairScore(exam, side) * 0.3 + ((exam * 13) % 30) / 60;

let evaluations = 0;

/** Scores an evaluation of a model like inference does. */
async function evaluate(
  { app, layout }: World,
  model: string,
  score: Score,
  provenance: Record<string, unknown> = { model_version: "v1" },
): Promise<string> {
  const id = `0190a000-0000-7000-8000-${String(++evaluations).padStart(12, "0")}`;
  const key = { experiment: "exp1", model, id };
  const { status, body } = await sendJson(app, "POST", "/v1/scores", {
    dataset: "sample",
    ...key,
    id: undefined,
    evaluation: id,
    predictions: await putPredictions(layout, key, makePredictions(EXAMS, score)),
    bootstrap: { replicates: 400 },
    subgroups: false,
    provenance,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return id;
}

async function board({ app }: World): Promise<Json> {
  const { status, body } = await sendJson(app, "GET", "/v1/leaderboards/sample");
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

Deno.test("GET /v1/leaderboards/{dataset}: models by rank, held against the best", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const second = await evaluate(world, "second", worse);
  const first = await evaluate(world, "first", fairScore);
  const third = await evaluate(world, "third", (exam) => (exam % 7) / 7);
  const body = await board(world);
  assert.deepEqual(leaderboardSchema.parse(body), body, "as the document says");
  const { dataset_digest, entries, excluded } = body;
  assert.equal(dataset_digest, "sha256:sample");
  assert.deepEqual(entries.map(({ score }: Json) => score), [first, second, third]);
  assert.deepEqual(excluded, []);
  for (const level of ["breast", "image"]) {
    const levels = entries.map((entry: Json) => entry.levels[level]);
    assert.deepEqual(levels.map(({ rank }: Json) => rank), [1, 2, 3]);
    assert.equal(levels[0].against_best, null);
    for (const { auroc, against_best } of levels.slice(1)) {
      const difference = auroc.value - levels[0].auroc.value;
      assert.ok(Math.abs(against_best.difference.value - difference) < 1e-12);
      assert.ok(against_best.p <= against_best.p_holm);
      assert.ok(auroc.ci[0] <= auroc.value && auroc.ci_by_exam[0] <= auroc.value);
    }
  }
  const [{ evaluations: finished, quota_left_at_most, model_version, provenance }] = entries;
  assert.deepEqual([finished, quota_left_at_most, model_version], [1, 2, "v1"]);
  assert.match(provenance.predictions_sha256, /^[0-9a-f]{64}$/);
});

Deno.test("GET /v1/leaderboards/{dataset}: of each version and parameters the latest counts", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const old = await evaluate(world, "toy", fairScore);
  const latest = await evaluate(world, "toy", worse);
  const other = { model_version: "v1", parameters: { MODEL_INDEX: "2" } };
  const tuned = await evaluate(world, "toy", worse, other);
  const newer = await evaluate(world, "toy", worse, { model_version: "v2" });
  const { entries } = await board(world);
  const told = Object.fromEntries(
    entries.map(({ score, scores, superseded, evaluations, parameters, levels }: Json) => [
      score,
      [scores, superseded, evaluations, parameters, levels.breast.rank],
    ]),
  );
  assert.deepEqual(told, {
    [latest]: [2, [old], 3, {}, 1],
    [tuned]: [1, [], 3, { MODEL_INDEX: "2" }, 1],
    [newer]: [1, [], 1, {}, 1],
  });
  const left = entries.map((entry: Json) => entry.quota_left_at_most).toSorted();
  assert.deepEqual(left, [0, 0, 2]);
});

Deno.test("GET /v1/leaderboards/{dataset}: predictions that were made elsewhere are ranked apart", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const toy = await evaluate(world, "toy", worse);
  const { status, body: uploaded } = await postForm(world.app, "/v1/scores", {
    dataset: "sample",
    model: "elsewhere",
    predictions: new File([makePredictions(EXAMS, fairScore)], "predictions.csv"),
    bootstrap: "false",
  });
  assert.equal(status, 201, JSON.stringify(uploaded));
  const { body: joined } = await sendJson(world.app, "POST", "/v1/ensembles", {
    scores: [uploaded.id, toy],
    model: "elsewhere",
    bootstrap: false,
  });
  const { entries } = await board(world);
  const told = entries.map(({ origin, score, levels: { breast } }: Json) => [
    origin,
    score,
    breast.rank,
    breast.against_best === null,
  ]);
  assert.deepEqual(told, [
    ["ensemble", joined.id, 1, true],
    ["evaluated", toy, 2, false],
    ["uploaded", uploaded.id, 1, true],
  ]);
  const last = entries.at(-1);
  assert.deepEqual([last.evaluation, last.quota_left_at_most, last.evaluations], [null, null, 0]);
});

Deno.test("ensembles may not have the name of a model, registered or evaluated, in any case", async () => {
  await using world = await createWorld(["never_run"]);
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const scores = [await evaluate(world, "toy", worse), await evaluate(world, "other", fairScore)];
  for (const model of ["toy", "other", "Toy", "never_run", "Never_Run"]) {
    const asked = { scores, model, bootstrap: false };
    const { status, body } = await sendJson(world.app, "POST", "/v1/ensembles", asked);
    assert.deepEqual([status, body.type], [400, "invalid_request"], model);
    assert.match(body.detail, new RegExp(`^model: ${model} is the name of .*another name`));
  }
  assert.deepEqual((await board(world)).entries.map(({ model }: Json) => model), ["other", "toy"]);
  const evaluated = await evaluate(world, "never_run", fairScore);
  assert.equal((await world.store.get(evaluated))?.model, "never_run", "its own runs have it");
});

Deno.test("GET /v1/leaderboards/{dataset}: scores of an earlier dataset of that name are left out", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS), "sha256:old");
  const old = await evaluate(world, "toy", fairScore);
  await putDataset(world.layout, "sample", makeList(EXAMS), "sha256:new");
  const { entries, excluded } = await board(world);
  assert.deepEqual(entries, []);
  assert.equal(excluded[0].score, old);
  assert.match(excluded[0].reason, /registered again/);
});

Deno.test("GET /v1/leaderboards/{dataset}: CSV by header or ending", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  await evaluate(world, "first", fairScore);
  await evaluate(world, "second", worse);
  const answers = [
    await askApp(world.app, "/v1/leaderboards/sample.csv"),
    await askApp(world.app, "/v1/leaderboards/sample", { headers: { accept: "text/csv" } }),
  ];
  const texts: string[] = [];
  for (const answer of answers) {
    assert.match(answer.headers.get("content-type")!, /^text\/csv/);
    texts.push(await answer.text());
  }
  assert.equal(texts[0], texts[1]);
  const { columns, rows } = readTable(texts[0]!);
  const column = (name: string): string[] => rows.map(({ cells }) => cells[columns.indexOf(name)]!);
  assert.deepEqual(column("level"), ["breast", "breast", "image", "image", "exam", "exam"]);
  assert.deepEqual(column("model"), ["first", "second", "first", "second", "first", "second"]);
  assert.deepEqual(new Set(column("origin")), new Set(["evaluated"]));
  const { entries } = await board(world);
  assert.equal(Number(column("auroc")[1]), entries[1].levels.breast.auroc.value);
  const difference = entries[1].levels.breast.against_best.difference.value;
  assert.ok(difference < 0);
  assert.equal(Number(column("difference_from_best")[1]), difference, "a number, not a text");
});

Deno.test("GET /v1/leaderboards: which datasets have scores; others are not found", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  assert.deepEqual((await board(world)).entries, [], "a dataset without scores has an empty one");
  await evaluate(world, "toy", fairScore);
  const { items } = (await sendJson(world.app, "GET", "/v1/leaderboards")).body;
  assert.deepEqual(items, [{ dataset: "sample", scores: 1 }]);
  for (const name of ["nothing", "nothing.csv", "..%2f..%2fetc"]) {
    const { status, body } = await sendJson(world.app, "GET", `/v1/leaderboards/${name}`);
    assert.deepEqual([status, body.type], [404, "not_found"]);
  }
});

Deno.test("scores and leaderboard of a dataset are found by its name too", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const id = await evaluate(world, "first", fairScore);
  const { record } = datasetFiles(world.layout, "sample");
  const stored = JSON.parse(await Deno.readTextFile(record));
  await Deno.writeTextFile(record, JSON.stringify({ ...stored, name: "Größe Q3" }));
  for (const given of ["sample", "Größe Q3", "Größe Q3".normalize("NFD")]) {
    const wanted = encodeURIComponent(given);
    const scores = await sendJson(world.app, "GET", `/v1/scores?dataset=${wanted}`);
    assert.deepEqual(scores.body.items.map((score: Json) => score.id), [id], given);
    const { status } = await sendJson(world.app, "GET", `/v1/leaderboards/${wanted}`);
    assert.equal(status, 200, given);
  }
  const none = await sendJson(world.app, "GET", "/v1/scores?dataset=other");
  assert.deepEqual(none.body.items, []);
});
