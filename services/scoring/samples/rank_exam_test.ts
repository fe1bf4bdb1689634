import assert from "node:assert/strict";
import {
  askApp,
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  putDataset,
  putPredictions,
  sendJson,
} from "../../../tests/support/scoring/world.ts";

const ID = "0190a000-0000-7000-8000-000000000001";

Deno.test("exam scores: each breast has its place among those with and without cancer", async () => {
  await using world = await createWorld();
  const { app, layout } = world;
  await putDataset(layout, "sample", makeList(12));
  const key = { experiment: "exp1", model: "toy", id: ID };
  const predictions = await putPredictions(layout, key, makePredictions(12, fairScore));
  const order = {
    dataset: "sample",
    model: "toy",
    experiment: "exp1",
    evaluation: ID,
    predictions,
  };
  await sendJson(app, "POST", "/v1/scores", { ...order, bootstrap: false });
  const csv = await (await askApp(app, `/v1/scores/${ID}/breast/samples.csv`)).text();
  const [head, ...rows] = csv.trim().split("\n").map((line) => line.trim().split(","));
  const column = (row: string[], name: string): string => row[head!.indexOf(name)]!;
  const scoresOf = (label: string): number[] =>
    rows.filter((row) => column(row, "label") === label).map((row) => Number(column(row, "score")));
  const share = (others: number[], score: number): number =>
    others.reduce((sum, one) => sum + (one < score ? 1 : one === score ? 0.5 : 0), 0) /
    others.length;
  const answer = await (await askApp(app, `/v1/scores/${ID}/exams/exam3`)).json();
  const expected = rows.filter((row) => row.includes("exam3")).map((row) => {
    const score = Number(column(row, "score"));
    return {
      laterality: column(row, "laterality"),
      score,
      malignant: column(row, "label") === "1",
      rank_among_negatives: share(scoresOf("0"), score),
      rank_among_positives: share(scoresOf("1"), score),
    };
  });
  assert.equal(expected.length, 2);
  assert.deepEqual(answer, { score: ID, exam: "exam3", breasts: expected });
  const absent = await askApp(app, `/v1/scores/${ID}/exams/exam99`);
  assert.equal(absent.status, 404);
  await absent.body?.cancel();
});
