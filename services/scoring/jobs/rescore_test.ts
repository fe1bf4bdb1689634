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
  type World,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 24;

async function score({ app }: World, truth: "dataset" | "list"): Promise<Json> {
  const body = new FormData();
  if (truth === "dataset") body.set("dataset", "sample");
  else body.set("data_list", new File([JSON.stringify(makeList(EXAMS))], "list.json"));
  body.set("predictions", new File([makePredictions(EXAMS, fairScore)], "p.csv"));
  body.set("model", "one");
  body.set("bootstrap", '{"replicates":400}');
  const answer = await askApp(app, "/v1/scores", { method: "POST", body });
  assert.equal(answer.status, 201);
  return await answer.json();
}

async function again(
  { app }: World,
  id: string,
  parts: Readonly<Record<string, string | File>>,
  role: Role = "admin",
): Promise<{ status: number; body: Json }> {
  const body = new FormData();
  for (const [name, part] of Object.entries(parts)) body.set(name, part);
  const headers = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role };
  const answer = await askApp(app, `/v1/scores/${id}/rescore`, { method: "POST", body, headers });
  return { status: answer.status, body: await answer.json() };
}

for (const truth of ["dataset", "list"] as const) {
  Deno.test(`the same predictions are scored again, truth from a ${truth}`, async () => {
    await using world = await createWorld();
    await putDataset(world.layout, "sample", makeList(EXAMS));
    const first = await score(world, truth);
    const choices = {
      operating_points: "specificity=0.8 0.5",
      prevalence: "0.01",
      subgroups: "vendor",
      attributes: new File([
        ["exam_id,vendor", ...makeList(EXAMS).map((_, at) => `exam${at},${at % 2}`)].join("\n"),
      ], "side.csv"),
      bootstrap: '{"replicates":400}',
    };
    const { status, body: second } = await again(world, first.id, choices);
    assert.equal(status, 201, JSON.stringify(second));
    assert.notEqual(second.id, first.id);
    assert.deepEqual(second.levels.breast.auroc, first.levels.breast.auroc);
    const points = second.levels.breast.operating_points;
    assert.deepEqual(points.map((point: Json) => point.name), ["specificity>=0.80", "score>=0.5"]);
    assert.equal(points[0].at_prevalence.prevalence, 0.01);
    assert.deepEqual(second.subgroups.map((of: Json) => of.key), ["vendor"]);
    assert.equal(second.provenance.rescored_from, first.id);
    assert.equal((await again(world, first.id, choices)).status, 200, "asked again: the same");
    const third = await again(world, second.id, { subgroups: "none", bootstrap: "false" });
    assert.equal(third.status, 201, "a score of a score has all that it needs");
    assert.deepEqual(third.body.subgroups, []);
    if (truth === "dataset") {
      const board = await (await askApp(world.app, "/v1/leaderboards/sample")).json();
      assert.deepEqual(board.entries.map((entry: Json) => entry.score), [first.id]);
    }
  });
}

Deno.test("only callers with access to the truth may score again; invalid words are named", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const { id } = await score(world, "dataset");
  assert.equal((await again(world, id, {}, "submit")).status, 403);
  const { status, body } = await again(world, id, {
    operating_points: "specificity=much",
    subgroups: "no_such_key",
  });
  assert.equal(status, 400);
  assert.match(body.detail, /^operating_points/);
  const empty = await again(world, id, {});
  assert.equal(empty.status, 400);
  assert.match(empty.body.detail, /^The form has no part that can be read: send subgroups/);
  const key = await again(world, id, { subgroups: "no_such_key" });
  assert.match(JSON.stringify(key.body), /no_such_key/);
});

Deno.test("a withheld score stays withheld when it is scored again", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  const { id } = await score(world, "dataset");
  await askApp(world.app, `/v1/scores/${id}/release`, { method: "DELETE" });
  const { body } = await again(world, id, { bootstrap: "false" });
  const headers = { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: "read" };
  const seen = await (await askApp(world.app, `/v1/scores/${body.id}`, { headers })).json();
  assert.deepEqual(seen, { id: body.id, status: "withheld" });
});
