import assert from "node:assert/strict";
import { CALLER_HEADERS, type Role } from "../../../shared/http/mod.ts";
import {
  askApp,
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  putDataset,
} from "../../../tests/support/scoring/world.ts";

const EXAMS = 12;

Deno.test("predictions of all models are side by side, with the truth, for data owners only", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(EXAMS));
  for (const [model, experiment, from] of [["one", "e", 1], ["two", "e", 2], ["two", "e", 3]]) {
    const body = new FormData();
    body.set("dataset", "sample");
    const scoreOf: typeof fairScore = (...of) => fairScore(...of) / Number(from);
    body.set("predictions", new File([makePredictions(EXAMS, scoreOf)], "p.csv"));
    body.set("model", String(model));
    body.set("experiment", String(experiment));
    body.set("bootstrap", "false");
    const answer = await askApp(world.app, "/v1/scores", { method: "POST", body });
    assert.equal(answer.status, 201, await answer.text());
  }
  const ask = (role: Role, query = ""): Promise<Response> =>
    askApp(world.app, `/v1/leaderboards/sample/predictions.csv${query}`, {
      headers: { [CALLER_HEADERS.user]: "eve", [CALLER_HEADERS.role]: role },
    });
  const lines = (await (await ask("admin")).text()).trim().split("\n");
  assert.equal(lines[0], "exam_id,breast,malignant,two_e,one_e");
  assert.equal(lines.length, 1 + 2 * EXAMS);
  for (const line of lines.slice(1)) {
    const [exam, breast, malignant, two, one] = line.split(",");
    assert.ok(exam && ["left", "right"].includes(breast!) && ["0", "1"].includes(malignant!), line);
    assert.ok(Math.abs(Number(one) - 3 * Number(two)) < 1e-9, "the latest score of a model counts");
  }
  assert.match(
    await (await ask("admin", "?model=one")).text(),
    /^exam_id,breast,malignant,one_e\n/,
  );
  for (const role of ["read", "submit"] as const) {
    const answer = await ask(role);
    assert.equal(answer.status, 403);
    assert.doesNotMatch(await answer.text(), /malignant/);
  }
  const missing = await ask("admin", "?model=none");
  assert.equal(missing.status, 404);
  await missing.body?.cancel();
});
