import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { ended, evaluate, registerSample, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";

Deno.test("parts give the predictions of one run, byte for byte, and the score is the same", async () => {
  await using service = await startEmbedded({ MAMMOEVAL_CPU_SLOTS: "2" });
  const { url } = service;
  await registerSample(url);
  const textOf = async (path: string): Promise<string> => await (await fetch(url + path)).text();
  const whole = await evaluate(url, "reference");
  assert.equal(whole.shards, undefined);
  const predictionsOf = ({ id }: Json): Promise<string> =>
    textOf(`/v1/evaluations/${id}/predictions.csv`);
  for (const [shards, parts] of [[1, 0], [3, 3], ["auto", 2], [200, 4]] as const) {
    const divided = await evaluate(url, "reference", { shards, experiment: `in_${shards}` });
    assert.equal(divided.status, "succeeded", JSON.stringify(divided.error));
    assert.equal(await predictionsOf(divided), await predictionsOf(whole));
    const [a, b] = await Promise.all(
      [whole, divided].map(async ({ score }) =>
        (await sendJson(url + score, "GET")).body.levels.breast.auroc
      ),
    );
    assert.deepEqual(a, b);
    const states = (divided.shards ?? []) as Json[];
    assert.deepEqual(
      states,
      Array.from({ length: parts }, (_, at) => (
        { part: at + 1, status: "succeeded", attempts: 1, gpus: [] }
      )),
    );
    if (parts === 0) continue;
    const log = await textOf(`/v1/evaluations/${divided.id}/log?part=2`);
    assert.match(log, /^\S+Z \S/);
    assert.doesNotMatch(log, /part \d|\[mammoeval\]/);
    for (const query of ["?part=0", "?part=x"]) {
      const answer = await fetch(`${url}/v1/evaluations/${divided.id}/log${query}`);
      assert.equal(answer.status, 400, await answer.text());
    }
  }
});

Deno.test("exams are divided only where the model or the caller says that they are independent", async () => {
  await using service = await startEmbedded();
  const { url } = service;
  await registerSample(url);
  const ask = (model: string, more: Json): Promise<{ status: number; body: Json }> =>
    sendJson(`${url}/v1/evaluations`, "POST", {
      model,
      experiment: "a",
      dataset: "sample",
      ...more,
    });
  const refused = await ask("nyu_model", { shards: 2 });
  assert.equal(refused.status, 400);
  assert.match(refused.body.detail, /nyu_model does not say.*"exams_independent": true/);
  for (const shards of [0, 257, 1.5, "all", -1]) {
    assert.equal((await ask("reference", { shards })).status, 400, String(shards));
  }
  assert.equal((await ask("nyu_model", { shards: 2, exams_independent: true })).status, 202);
  assert.equal((await ask("nyu_model", { shards: 1 })).status, 202);
});

Deno.test("cancelling ends all parts and leaves no file", async () => {
  await using service = await startEmbedded({ MAMMOEVAL_CPU_SLOTS: "1" });
  const { url, home } = service;
  await registerSample(url);
  const { id } = await submit(url, "reference", { shards: 4 });
  await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST");
  const { status } = await ended(url, id);
  assert.ok(["cancelled", "succeeded"].includes(status), status);
  while ([...Deno.readDirSync(`${home}/work`)].length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
