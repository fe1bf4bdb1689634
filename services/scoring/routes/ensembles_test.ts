import assert from "node:assert/strict";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import {
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  postForm,
  putDataset,
  sendJson,
  uploadScore,
} from "../test_world.ts";

const EXAMS = 24;
const other = (exam: number, side: "L" | "R"): number =>
  fairScore(exam, side) * 0.4 + ((exam * 11) % 24) / 48;

Deno.test("POST /v1/ensembles: the mean is what scoring the mean predictions gives", async () => {
  await using world = await createWorld();
  const a = await uploadScore(world.app, EXAMS, fairScore);
  const b = await uploadScore(world.app, EXAMS, other);
  const request = { scores: [a.id, b.id], model: "both", bootstrap: { replicates: 200 } };
  const { status, headers, body } = await sendJson(world.app, "POST", "/v1/ensembles", request);
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(headers.get("location"), `/v1/scores/${body.id}`);
  assert.deepEqual(scoreReportSchema.parse(body), body, "as the document says");
  const direct = await uploadScore(
    world.app,
    EXAMS,
    (exam, side) => (fairScore(exam, side) + other(exam, side)) / 2,
  );
  for (const level of ["breast", "image"] as const) {
    const { plots: _, ...made } = body.levels[level];
    const { plots: __, ...expected } = direct.levels[level]!;
    assert.deepEqual(made, expected);
  }
  assert.deepEqual(body.subgroups, direct.subgroups);
  const { method, level, parts } = body.provenance.ensemble;
  assert.deepEqual([method, level], ["mean", "image"]);
  assert.deepEqual(parts.map(({ score }: Json) => score), [a.id, b.id]);
  assert.equal(parts[0].predictions_sha256, a.provenance["predictions_sha256"]);
  const again = await sendJson(world.app, "POST", "/v1/ensembles", request);
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, body);
  const plot = await world.app.request(body.levels.breast.plots.roc);
  assert.ok((await plot.bytes()).length > 1000);
});

Deno.test("POST /v1/ensembles: ranks join scales that differ, and are compared as any score", async () => {
  await using world = await createWorld();
  const a = await uploadScore(world.app, EXAMS, fairScore);
  const b = await uploadScore(world.app, EXAMS, (exam, side) => fairScore(exam, side) * 1000);
  const { body } = await sendJson(world.app, "POST", "/v1/ensembles", {
    scores: [a.id, b.id],
    method: "rank_mean",
    bootstrap: false,
  });
  assert.equal(body.levels.image.auroc.value, a.levels.image!.auroc.value);
  assert.match(body.warnings[0].message, /no probabilities/);
  const compared = await sendJson(world.app, "POST", "/v1/comparisons", {
    scores: [body.id, a.id],
    bootstrap: false,
  });
  assert.equal(compared.status, 200, JSON.stringify(compared.body));
});

Deno.test("POST /v1/ensembles: of a registered dataset it is ranked with the others", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const ids: string[] = [];
  for (const [model, score] of [["one", fairScore], ["two", other]] as const) {
    const { body } = await postForm(world.app, "/v1/scores", {
      dataset: "sample",
      model,
      predictions: new File([makePredictions(EXAMS, score)], "predictions.csv"),
      bootstrap: "false",
    });
    ids.push(body.id);
  }
  const { body } = await sendJson(world.app, "POST", "/v1/ensembles", {
    scores: ids,
    model: "one-and-two",
    bootstrap: false,
  });
  assert.equal(body.dataset, "sample");
  const { entries } = (await sendJson(world.app, "GET", "/v1/leaderboards/sample")).body;
  assert.deepEqual(entries.map(({ model }: Json) => model).toSorted(), [
    "one",
    "one-and-two",
    "two",
  ]);
  const divided = await postForm(world.app, `/v1/scores/${body.id}/subgroups`, {
    subgroups: '["density"]',
    bootstrap: "false",
  });
  assert.equal(divided.body.subgroups[0].groups.length, 3, "its exams are known by the dataset");
});

Deno.test("POST /v1/ensembles: images with breasts only at breast level; other exams are refused", async () => {
  await using world = await createWorld();
  const images = await uploadScore(world.app, EXAMS, fairScore);
  const rows = Array.from({ length: EXAMS }, (_, at) => `${other(at, "L")},${other(at, "R")}`);
  const breasts = await uploadScore(world.app, EXAMS, other, {
    predictions: new File([["left_malignant,right_malignant", ...rows].join("\n")], "b.csv"),
  });
  const { body } = await sendJson(world.app, "POST", "/v1/ensembles", {
    scores: [images.id, breasts.id],
    bootstrap: false,
  });
  assert.equal(body.levels.image, undefined);
  assert.equal(body.provenance.ensemble.level, "breast");
  const fewer = await uploadScore(world.app, EXAMS - 1, fairScore);
  const refused = await sendJson(world.app, "POST", "/v1/ensembles", {
    scores: [images.id, fewer.id],
  });
  assert.deepEqual([refused.status, refused.body.type], [422, "scores_not_comparable"]);
});
