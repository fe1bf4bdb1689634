import assert from "node:assert/strict";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
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
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 24;
const other = (exam: number, side: "L" | "R"): number =>
  fairScore(exam, side) * 0.4 + ((exam * 11) % 24) / 48;

Deno.test("POST /v1/ensembles: the mean is what scoring the mean predictions gives", async () => {
  await using world = await createWorld();
  const a = await uploadScore(world.app, EXAMS, fairScore);
  const b = await uploadScore(world.app, EXAMS, other);
  const request = { scores: [a.id, b.id], model: "both", bootstrap: { replicates: 400 } };
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
  const plot = await askApp(world.app, body.levels.breast.plots.roc);
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
  assert.match(body.warnings[0].message, /not probabilities/);
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

Deno.test("POST /v1/ensembles, /v1/comparisons: positions in two lists are not the same exams, though some were left out", async () => {
  await using world = await createWorld();
  const list = makeList(EXAMS).map(({ exam_id: _, ...exam }, index) =>
    index === 1 ? { ...exam, "R-MLO": [] } : exam
  );
  const scoreOf = async (dataset: string, evaluation: string): Promise<string> => {
    const rows = Array.from(
      { length: EXAMS - 1 },
      (_, at) => `${other(at, "L")},${other(at, "R")}`,
    );
    const { status, body } = await sendJson(world.app, "POST", "/v1/scores", {
      dataset,
      model: "toy",
      experiment: "exp1",
      evaluation,
      predictions: await putPredictions(
        world.layout,
        { experiment: "exp1", model: "toy", id: evaluation },
        ["left_malignant,right_malignant", ...rows].join("\n"),
      ),
      bootstrap: false,
      required_views: ["R-MLO"],
      provenance: { required_views: ["R-MLO"] },
    });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.provenance.exams_called_by, "position");
    return body.id;
  };
  await putDataset(world.layout, "here", list);
  await putDataset(world.layout, "there", list);
  const here = await scoreOf("here", "0190a000-0000-7000-8000-000000000001");
  const there = await scoreOf("there", "0190a000-0000-7000-8000-000000000002");
  const again = await scoreOf("here", "0190a000-0000-7000-8000-000000000003");
  const ask = (path: string, ...scores: string[]): ReturnType<typeof sendJson> =>
    sendJson(world.app, "POST", path, { scores, bootstrap: false });
  for (const path of ["/v1/ensembles", "/v1/comparisons"]) {
    const { status, body } = await ask(path, here, there);
    assert.deepEqual([status, body.type], [422, "scores_not_comparable"], path);
    assert.deepEqual(body.errors.map(({ code }: Json) => code), ["exams_unnamed"]);
    const same = await ask(path, here, again);
    assert.ok(same.status < 300, `${path}: ${JSON.stringify(same.body)}`);
  }
  const made = await ask("/v1/ensembles", here, again);
  assert.equal((await ask("/v1/comparisons", made.body.id, again)).status, 200);
  assert.equal(
    (await ask("/v1/comparisons", made.body.id, there)).status,
    422,
    "of an ensemble too",
  );
});
