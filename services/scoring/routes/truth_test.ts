import assert from "node:assert/strict";
import { CALLER_HEADERS, type Role } from "../../../shared/http/mod.ts";
import {
  askApp,
  createWorld,
  fairScore,
  type Json,
  makeList,
  makePredictions,
  putDataset,
  putPredictions,
  sendJson,
  type World,
} from "../../../tests/support/scoring/world.ts";

const ID = "0190a000-0000-7000-8000-000000000001";

/** Sends a request like the gateway for a caller with a role. */
async function ask(
  { app }: World,
  role: Role,
  path: string,
  body?: FormData | object,
  user = "eve",
): Promise<{ status: number; text: string }> {
  const headers = { [CALLER_HEADERS.user]: user, [CALLER_HEADERS.role]: role };
  const init = body === undefined
    ? { headers }
    : body instanceof FormData
    ? { method: "POST", headers, body }
    : {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    };
  const response = await askApp(app, path, init);
  return { status: response.status, text: await response.text() };
}

function form(parts: Record<string, string | File>): FormData {
  const made = new FormData();
  for (const [name, part] of Object.entries(parts)) made.set(name, part);
  return made;
}

/** A world with one evaluation's score on a registered dataset. */
async function evaluated(world: World): Promise<Json> {
  await putDataset(world.layout, "sample", makeList(12));
  const key = { experiment: "exp1", model: "toy", id: ID };
  const order = {
    dataset: "sample",
    model: "toy",
    experiment: "exp1",
    evaluation: ID,
    predictions: await putPredictions(world.layout, key, makePredictions(12, fairScore)),
    bootstrap: false,
  };
  const { status, body } = await sendJson(world.app, "POST", "/v1/scores", order);
  assert.equal(status, 201, JSON.stringify(body));
  return order;
}

Deno.test("model authors do not get the truth of single exams of a registered dataset", async () => {
  await using world = await createWorld();
  const order = await evaluated(world);
  const score = `/v1/scores/${ID}`;
  const upload = (): FormData =>
    form({ dataset: "sample", predictions: new File([makePredictions(12, fairScore)], "p.csv") });
  const forbidden: [path: string, body?: () => FormData | object][] = [
    [`${score}/breast/samples.csv`],
    [`${score}/exams/exam1`],
    [`${score}/subgroups`, () => form({ subgroups: '["density"]', bootstrap: "false" })],
    ["/v1/scores", upload],
    ["/v1/scores", () => ({ ...order, bootstrap: true })],
  ];
  for (const [path, body] of forbidden) {
    const { status, text } = await ask(world, "submit", path, body?.());
    assert.equal(status, 403, `${path}: ${text}`);
    assert.match(text, /"type":"forbidden".*ask the data owner/);
  }
  for (const [path, body] of forbidden.slice(0, 4)) {
    const { status, text } = await ask(world, "admin", path, body?.());
    assert.ok(status === 200 || status === 201, `${path}: ${text}`);
  }
  const misses = async (role: Role): Promise<number> =>
    JSON.parse((await ask(world, role, score)).text).misses.positives.length;
  assert.deepEqual([await misses("submit"), await misses("read"), await misses("admin")], [
    0,
    0,
    4,
  ]);
  assert.doesNotMatch((await ask(world, "submit", "/v1/scores")).text, /outranked_by/);
  for (const page of [`/reports/${ID}`, `${score}/report.html`]) {
    assert.match((await ask(world, "admin", page)).text, /exam9/, page);
    for (const role of ["read", "submit"] as const) {
      const { status, text } = await ask(world, role, page);
      assert.equal(status, 200, page);
      assert.doesNotMatch(text, /exam9/, page);
    }
  }
});

/** A second score on the registered dataset, uploaded by the data owner. */
async function ownersScore(world: World): Promise<string> {
  const predictions = makePredictions(12, (exam, side) => fairScore(exam, side) / 2);
  const upload = form({
    dataset: "sample",
    predictions: new File([predictions], "p.csv"),
    bootstrap: "false",
  });
  return JSON.parse((await ask(world, "admin", "/v1/scores", upload)).text).id;
}

/** Uploads a list with these labels of the left breasts, and predictions for it. */
async function uploadGuess(world: World, labels: readonly number[]): Promise<string> {
  const list = makeList(labels.length).map((exam, at) => ({
    ...exam,
    cancer_label: { left_malignant: labels[at], right_malignant: 0 },
  }));
  const upload = form({
    data_list: new File([JSON.stringify(list)], "data.json"),
    predictions: new File([makePredictions(labels.length, fairScore)], "p.csv"),
    bootstrap: "false",
  });
  const made = await ask(world, "submit", "/v1/scores", upload);
  assert.equal(made.status, 201, made.text);
  return JSON.parse(made.text).id;
}

Deno.test("a list with invented labels is put beside no registered dataset", async () => {
  await using world = await createWorld();
  await evaluated(world);
  const right = makeList(12).map((_, at) => at % 3 === 0 ? 1 : 0);
  const wrong = right.map((label, at) => at === 5 ? 1 - label : label);
  for (const guess of [await uploadGuess(world, right), await uploadGuess(world, wrong)]) {
    const scores = [ID, guess];
    for (const role of ["read", "submit"] as const) {
      for (
        const { status, text } of [
          await ask(world, role, "/v1/comparisons", { scores, bootstrap: false }),
          await ask(world, role, `/comparisons?score=${ID}&score=${guess}&bootstrap=false`),
          await ask(world, role, "/v1/ensembles", { scores, bootstrap: false }),
        ]
      ) {
        assert.equal(status, 403, text);
        assert.doesNotMatch(text, /exam\d/);
      }
    }
  }
});

Deno.test("scores of one registered dataset are compared by everybody, lists by their uploader", async () => {
  await using world = await createWorld();
  await evaluated(world);
  const scores = [ID, await ownersScore(world)];
  for (const role of ["read", "submit", "admin"] as const) {
    const { status, text } = await ask(world, role, "/v1/comparisons", {
      scores,
      bootstrap: false,
    });
    assert.equal(status, 200, text);
  }
  const right = makeList(12).map((_, at) => at % 3 === 0 ? 1 : 0);
  const own = [await uploadGuess(world, right), await uploadGuess(world, right.toReversed())];
  const asked = { scores: own, bootstrap: false };
  const differ = await ask(world, "submit", "/v1/comparisons", asked);
  assert.match(differ.text, /differ in the truth of \d+ samples: exam/, "of both they know it");
  assert.equal((await ask(world, "submit", "/v1/comparisons", asked, "mallory")).status, 403);
  await putDataset(world.layout, "sample", makeList(12), "sha256:other");
  const anew = { scores: [ID, await ownersScore(world)], bootstrap: false };
  assert.equal((await ask(world, "submit", "/v1/comparisons", anew)).status, 403);
});

Deno.test("more wrong labels than are listed add nothing to the number of warnings", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(400));
  const totals: number[] = [];
  for (const [at, guess] of ["1", "0"].entries()) {
    const id = ID.replace(/1$/, String(at + 1));
    const csv = makePredictions(400, fairScore).replaceAll(/,0$/gm, `,${guess}`).replace(
      /,\d$/m,
      ",1",
    );
    const key = { experiment: "exp1", model: "toy", id };
    const { body } = await sendJson(world.app, "POST", "/v1/scores", {
      ...{ dataset: "sample", model: "toy", experiment: "exp1", evaluation: id, bootstrap: false },
      predictions: await putPredictions(world.layout, key, csv),
    });
    totals.push(body.warnings_total);
    const seen = JSON.parse((await ask(world, "submit", `/v1/scores/${id}`)).text);
    assert.deepEqual([seen.warnings, seen.warnings_total], [[], 0]);
    assert.ok(!("label_mismatches" in seen));
  }
  assert.ok(totals[0]! > 1000 && totals[0] !== totals[1], totals.join());
});

Deno.test("model authors choose no subgroups of an ensemble on a registered dataset", async () => {
  await using world = await createWorld();
  await evaluated(world);
  const scores = [ID, await ownersScore(world)];
  for (
    const chosen of [
      { subgroups: [{ key: "age", bins: [41, 42] }] },
      { operating_points: [{ threshold: 0.31 }] },
    ]
  ) {
    const asked = { scores, bootstrap: false, ...chosen };
    assert.equal((await ask(world, "submit", "/v1/ensembles", asked)).status, 403);
  }
  const plain = await ask(world, "submit", "/v1/ensembles", { scores, bootstrap: false });
  assert.equal(plain.status, 201, plain.text);
  const { id, misses } = JSON.parse(plain.text);
  assert.deepEqual(misses.positives, []);
  assert.equal((await ask(world, "submit", `/v1/scores/${id}/breast/samples.csv`)).status, 403);
});

Deno.test("of lists that they have uploaded model authors see everything", async () => {
  await using world = await createWorld();
  const upload = form({
    data_list: new File([JSON.stringify(makeList(12))], "data.json"),
    predictions: new File([makePredictions(12, fairScore)], "predictions.csv"),
    bootstrap: "false",
  });
  const made = await ask(world, "submit", "/v1/scores", upload);
  assert.equal(made.status, 201, made.text);
  const { id, misses } = JSON.parse(made.text);
  assert.equal(misses.positives.length, 4);
  const parts = (): FormData => form({ subgroups: '["density"]', bootstrap: "false" });
  for (const [user, status] of [["eve", 200], ["mallory", 403]] as const) {
    const samples = `/v1/scores/${id}/breast/samples.csv`;
    assert.equal((await ask(world, "submit", samples, undefined, user)).status, status, user);
    const page = await ask(world, "submit", `/v1/scores/${id}/report.html`, undefined, user);
    assert.equal(page.text.includes("exam9"), status === 200, `${user}: the worst misses`);
    const answer = await ask(world, "submit", `/v1/scores/${id}/subgroups`, parts(), user);
    assert.equal(answer.status, status, `${user} subgroups`);
  }
  const other = JSON.parse(
    (await ask(world, "submit", `/v1/scores/${id}`, undefined, "mallory")).text,
  );
  assert.deepEqual(other.misses.positives, []);
});

Deno.test("model authors are not told which labels of their file are right", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(12));
  const key = { experiment: "exp1", model: "toy", id: ID };
  const guesses = makePredictions(12, fairScore).replaceAll(/,0$/gm, ",1");
  const order = {
    ...{ dataset: "sample", model: "toy", experiment: "exp1", evaluation: ID, bootstrap: false },
    predictions: await putPredictions(world.layout, key, guesses),
  };
  await sendJson(world.app, "POST", "/v1/scores", order);
  for (const path of [`/v1/scores/${ID}`, "/v1/scores", `/reports/${ID}`]) {
    const contradicts = /contradicts the data list/;
    assert.doesNotMatch((await ask(world, "submit", path)).text, contradicts, path);
    assert.match((await ask(world, "admin", path)).text, contradicts, path);
  }
});

Deno.test("model authors are not told that their scores equal the truth", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(12));
  const key = { experiment: "exp1", model: "toy", id: ID };
  const truth = (exam: number, side: "L" | "R"): number => side === "L" && exam % 3 === 0 ? 1 : 0;
  const order = {
    ...{ dataset: "sample", model: "toy", experiment: "exp1", evaluation: ID, bootstrap: false },
    predictions: await putPredictions(world.layout, key, makePredictions(12, truth)),
  };
  const made = await sendJson(world.app, "POST", "/v1/scores", order);
  assert.equal(made.status, 201);
  for (const path of [`/v1/scores/${ID}`, "/v1/scores", `/reports/${ID}`]) {
    const equals = /scores equal the labels/;
    assert.doesNotMatch((await ask(world, "submit", path)).text, equals, path);
    assert.match((await ask(world, "admin", path)).text, equals, path);
  }
});
