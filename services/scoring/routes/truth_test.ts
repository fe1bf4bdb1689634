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
  uploadScore,
  type World,
} from "../test_world.ts";

const ID = "0190a000-0000-7000-8000-000000000001";

/** Asks as the gateway does for a caller with a role. */
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
    [`${score}/subgroups`, () => form({ subgroups: '["density"]', bootstrap: "false" })],
    ["/v1/scores", upload],
    ["/v1/scores", () => ({ ...order, bootstrap: true })],
  ];
  for (const [path, body] of forbidden) {
    const { status, text } = await ask(world, "submit", path, body?.());
    assert.equal(status, 403, `${path}: ${text}`);
    assert.match(text, /"type":"forbidden".*ask the data owner/);
  }
  for (const [path, body] of forbidden.slice(0, 3)) {
    const { status, text } = await ask(world, "admin", path, body?.());
    assert.ok(status === 200 || status === 201, `${path}: ${text}`);
  }
  const misses = async (role: Role): Promise<number> =>
    JSON.parse((await ask(world, role, score)).text).misses.positives.length;
  assert.deepEqual([await misses("submit"), await misses("read")], [0, 4]);
  assert.doesNotMatch((await ask(world, "submit", "/v1/scores")).text, /outranked_by/);
  for (const page of [`/reports/${ID}`, `${score}/report.html`]) {
    assert.match((await ask(world, "read", page)).text, /exam9/, page);
    const { status, text } = await ask(world, "submit", page);
    assert.equal(status, 200, page);
    assert.doesNotMatch(text, /exam9/, page);
  }
});

Deno.test("model authors choose no subgroups of an ensemble on a registered dataset", async () => {
  await using world = await createWorld();
  await evaluated(world);
  const other = await uploadScore(world.app, 12, (exam, side) => fairScore(exam, side) / 2);
  const scores = [ID, other.id];
  const chosen = { scores, subgroups: [{ key: "age", bins: [41, 42] }], bootstrap: false };
  assert.equal((await ask(world, "submit", "/v1/ensembles", chosen)).status, 403);
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
    assert.match((await ask(world, "read", path)).text, contradicts, path);
  }
});
