import assert from "node:assert/strict";
import { CALLER_HEADERS } from "../../../shared/http/mod.ts";
import {
  askApp,
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  putDataset,
} from "../../../tests/support/scoring/world.ts";
import { createVolumeScoreStore } from "./volume_score_store.ts";

const ignore = (): void => {};

Deno.test("a score has a name and notes, which a search finds and a restart keeps", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(12));
  const body = new FormData();
  body.set("dataset", "sample");
  body.set("predictions", new File([makePredictions(12, fairScore)], "p.csv"));
  body.set("bootstrap", "false");
  const { id, ...report } = await (await askApp(world.app, "/v1/scores", { method: "POST", body }))
    .json();
  const ask = async (path: string, init: RequestInit = {}, role = "admin") => {
    const headers = {
      "content-type": "application/json",
      [CALLER_HEADERS.user]: "eve",
      [CALLER_HEADERS.role]: role,
    };
    const answer = await askApp(world.app, path, { headers, ...init });
    return { status: answer.status, body: await answer.json() };
  };
  const patch = (said: unknown) =>
    ask(`/v1/scores/${id}`, { method: "PATCH", body: JSON.stringify(said) });
  const before = await ask(`/v1/scores/${id}`, {}, "read");
  assert.ok(!("name" in before.body));
  const named = await patch({ name: " Old scanner ", notes: "one\ntwo" });
  assert.deepEqual(named.body, { id, ...report, name: "Old scanner", notes: "one\ntwo" });
  assert.equal((await ask(`/v1/scores/${id}`, {}, "read")).body.name, "Old scanner");
  assert.equal((await ask("/v1/scores?search=OLD")).body.total, 1);
  assert.equal((await ask("/v1/scores?search=new")).body.total, 0);
  const fresh = createVolumeScoreStore(world.layout, { note: ignore, clear: ignore });
  assert.equal((await fresh.get(id))?.notes, "one\ntwo");
  const without = await patch({ name: null });
  assert.deepEqual([without.body.name, without.body.notes], [undefined, "one\ntwo"]);
  assert.equal((await patch({ model: "x" })).status, 400);
  await Deno.writeTextFile(`${world.layout.scores}/${id}/notes.json`, "{");
  const damaged: string[] = [];
  const store = createVolumeScoreStore(world.layout, {
    note: (at) => damaged.push(at),
    clear: ignore,
  });
  assert.equal((await store.get(id))?.id, id, "damaged notes do not hide a score");
  assert.equal(damaged.length, 1);
});
