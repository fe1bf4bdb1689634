import assert from "node:assert/strict";
import { addToken } from "../../../tests/support/add_token.ts";
import { startEmbedded } from "../../../tests/support/embedded_service.ts";
import { registerSample } from "../../../tests/support/evaluations.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { assertProblem, sendJson } from "../../../tests/support/http.ts";

Deno.test("whoever submitted an evaluation names it, and admins; nobody else", async () => {
  await using service = await startEmbedded();
  await registerSample(service.url);
  const [owner, ada, eve, reader] = [
    await addToken(service, "owner", "admin"),
    await addToken(service, "ada", "submit"),
    await addToken(service, "eve", "submit"),
    await addToken(service, "reader", "read"),
  ];
  const order = { model: "reference", dataset: "sample", experiment: "e1", bootstrap: false };
  const made = await sendJson(`${service.url}/v1/evaluations`, "POST", order, ada);
  const path = `${service.url}/v1/evaluations/${made.body.id}`;
  const patch = (body: unknown, who: Record<string, string>) => sendJson(path, "PATCH", body, who);
  const named = await patch({ name: "  Mine ", notes: "one\ntwo" }, ada);
  assert.deepEqual([named.body.name, named.body.notes], ["Mine", "one\ntwo"]);
  assert.deepEqual((await patch({ notes: null }, owner)).body.notes, undefined);
  assertProblem(await patch({ name: "x" }, eve), 404, "not_found");
  assertProblem(await patch({ name: "x" }, reader), 403, "forbidden");
  const wrong = await patch({ name: "x".repeat(201), notes: "y".repeat(2001), model: "z" }, ada);
  assertProblem(wrong, 400, "invalid_request");
  assert.equal(wrong.body.errors.length, 3);
  const record = `${service.home}/results/e1/reference/${made.body.id}/evaluation.json`;
  const status = async (): Promise<string> =>
    (await (await fetch(path, { headers: owner })).json()).status;
  assert.equal(await eventually(status, (now) => now === "succeeded"), "succeeded");
  await patch({ notes: "afterwards" }, ada);
  assert.equal(
    JSON.parse(await Deno.readTextFile(record)).notes,
    "afterwards",
    "a new ledger reads it",
  );
  const found = await fetch(`${service.url}/v1/evaluations?search=MINE`, { headers: ada });
  assert.equal((await found.json()).total, 1);
});
