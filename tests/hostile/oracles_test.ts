/**
 * Tries to learn labels of a registered dataset one by one, as a model's author can: each guess is made twice,
 * right and wrong, and a label counts as learned when any answer tells the two apart.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CALLER_HEADERS } from "../../shared/http/mod.ts";
import {
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  putDataset,
  putPredictions,
  sendJson,
  type World,
} from "../support/scoring/world.ts";

const EVE = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: "submit" };
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const MOMENT = /\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| UTC)?/g;
const DIGEST = /\b[0-9a-f]{12,64}\b/g;

/** What an answer says besides ids, digests of the sender's own file and moments. */
async function heard({ app }: World, path: string, init: RequestInit = {}): Promise<string> {
  const answer = await app.request(path, { ...init, headers: { ...EVE, ...init.headers } });
  const text = `${answer.status} ${await answer.text()}`;
  return text.replaceAll(UUID, "<id>").replaceAll(MOMENT, "<moment>").replaceAll(
    DIGEST,
    "<digest>",
  );
}

/** Scores an evaluation of the registered dataset, as inference asks for it. */
async function evaluated(world: World, id: string, csv: string): Promise<void> {
  const key = { experiment: "exp1", model: "toy", id };
  const { status, body } = await sendJson(world.app, "POST", "/v1/scores", {
    ...{ dataset: "hidden", model: "toy", experiment: "exp1", evaluation: id, bootstrap: false },
    ...{ operating_points: [], subgroups: false },
    predictions: await putPredictions(world.layout, key, csv),
  });
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

function asJson(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** Uploads a list of the same exams with these labels, and returns its score's id. */
async function uploadList(
  world: World,
  labels: readonly number[],
  dataset?: string,
): Promise<string> {
  const list = makeList(labels.length).map((exam, at) => ({
    ...exam,
    cancer_label: { left_malignant: labels[at], right_malignant: 0 },
  }));
  const body = new FormData();
  if (dataset === undefined) {
    body.set("data_list", new File([JSON.stringify(list)], "data.json"));
  } else body.set("dataset", dataset);
  body.set("predictions", new File([makePredictions(labels.length, fairScore)], "p.csv"));
  for (const part of ["bootstrap", "subgroups"]) body.set(part, "false");
  body.set("operating_points", "[]");
  const answer = await world.app.request("/v1/scores", { method: "POST", headers: EVE, body });
  const text = await answer.text();
  return answer.status === 201 || answer.status === 200 ? JSON.parse(text).id : text;
}

Deno.test("a list with invented labels beside a registered dataset tells none of them", async () => {
  await using world = await createWorld();
  const exams = 60;
  const list = makeList(exams);
  await putDataset(world.layout, "hidden", list);
  const id = crypto.randomUUID();
  await evaluated(world, id, makePredictions(exams, fairScore));
  const truth = list.map((_, at) => at % 3 === 0 ? 1 : 0);
  let learned = 0;
  for (let exam = 0; exam < exams; exam++) {
    const answers: string[] = [];
    for (const flipped of [false, true]) {
      const labels = truth.map((label, at) => at === exam && flipped ? 1 - label : label);
      const guess = await uploadList(world, labels);
      const scores = [id, guess];
      const asked = asJson({ scores, bootstrap: false });
      answers.push([
        await heard(world, "/v1/comparisons", asked),
        await heard(world, "/v1/ensembles", asked),
        await heard(world, `/comparisons?score=${id}&score=${guess}&bootstrap=false`),
        await heard(world, `/comparisons?score=${id}&score=${guess}&bootstrap=false&level=exam`),
        await heard(world, "/v1/leaderboards/hidden"),
      ].join("\n"));
    }
    if (answers[0] !== answers[1]) learned++;
  }
  // deno-lint-ignore no-console -- the count is what a reader of the run wants to see
  console.log(`invented lists: tried ${exams}, learned ${learned}`);
  assert.equal(learned, 0);
});

Deno.test("the label column of a predictions file tells none of the labels", async () => {
  await using world = await createWorld();
  const exams = 50;
  await putDataset(world.layout, "hidden", makeList(exams));
  const id = crypto.randomUUID();
  // One claim at least: a column of zeros is taken for the blinded one.
  const rows = makePredictions(exams, fairScore).trim().split("\n")
    .map((row, at) => at === 1 ? row.replace(/0$/, "1") : row);
  const answersTo = async (csv: string): Promise<string> => {
    await evaluated(world, id, csv);
    const paths = [
      `/v1/scores/${id}`,
      "/v1/scores",
      `/reports/${id}`,
      `/v1/scores/${id}/report.html`,
      "/v1/leaderboards/hidden",
      "/v1/leaderboards/hidden.csv",
      "/leaderboards/hidden",
      ...["breast", "image", "exam"].flatMap((level) =>
        ["roc.svg", "curves.csv", "samples.csv"].map((file) => `/v1/scores/${id}/${level}/${file}`)
      ),
    ];
    return (await Promise.all(paths.map((path) => heard(world, path)))).join("\n");
  };
  const before = await answersTo(rows.join("\n"));
  const tried = rows.length - 1;
  let learned = 0;
  for (let row = 1; row <= tried; row++) {
    const guess = rows.map((text, at) =>
      at === row ? text.replace(/\d$/, (label) => String(1 - Number(label))) : text
    );
    if (await answersTo(guess.join("\n")) !== before) learned++;
  }
  // deno-lint-ignore no-console -- the count is what a reader of the run wants to see
  console.log(`label column: tried ${tried}, learned ${learned}`);
  assert.deepEqual([tried, learned], [200, 0]);
});

Deno.test("whether the data owner has sent the same list is told by no answer and no id", async () => {
  await using world = await createWorld();
  const truth = makeList(12).map((_, at) => at % 3 === 0 ? 1 : 0);
  const body = new FormData();
  body.set("data_list", new File([JSON.stringify(makeList(12))], "data.json"));
  body.set("predictions", new File([makePredictions(12, fairScore)], "p.csv"));
  for (const part of ["bootstrap", "subgroups"]) body.set(part, "false");
  body.set("operating_points", "[]");
  const { id } = await (await world.app.request("/v1/scores", { method: "POST", body })).json();
  const guessed = await uploadList(world, truth);
  assert.notEqual(guessed, id, "an upload is found again by its sender alone");
  const other = await createWorld();
  await using _ = other;
  assert.notEqual(await uploadList(other, truth), guessed, "nobody can compute the id of a guess");
  const seen = await heard(world, `/v1/scores/${id}`);
  assert.doesNotMatch(seen, /data_list_sha256|"content"|predictions_sha256/);
});
