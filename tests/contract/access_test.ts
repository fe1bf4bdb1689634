import assert from "node:assert/strict";
import { addToken, type Bearer } from "../support/add_token.ts";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { assertProblem, type Json, sendJson } from "../support/http.ts";

/** A folder with one model that nobody ever runs. */
async function makeModels(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/toy/predict`, { recursive: true });
  await Deno.writeTextFile(`${folder}/toy/Dockerfile`, "FROM scratch\n");
  await Deno.writeTextFile(
    `${folder}/toy/config.txt`,
    '# Essential arguments\nCONTAINER_PREDICT_PATH="/home/toy"\n# Other arguments\n',
  );
  await Deno.writeTextFile(`${folder}/toy/predict/predict.sh`, "exit 1\n");
  return folder;
}

Deno.test("a submitter has a quota, a data owner has none, and uses are told", async () => {
  const models = await makeModels();
  await using service = await startEmbedded({ MAMMOEVAL_QUOTA: "0", MAMMOEVAL_MODELS: models });
  const { url } = service;
  const sample = {
    name: "sample",
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.pkl`,
  };
  await sendJson(`${url}/v1/datasets`, "POST", sample, { prefer: "wait=60" });
  const [owner, ada] = [
    await addToken(service, "owner", "admin"),
    await addToken(service, "ada", "submit"),
  ];
  const request = { model: "toy", experiment: "exp1", dataset: "sample" };
  const post = (who: Bearer): ReturnType<typeof sendJson> =>
    sendJson(`${url}/v1/evaluations`, "POST", request, { ...who, prefer: "wait=60" });
  const refused = await post(ada);
  assertProblem(refused, 429, "quota_exceeded");
  assert.match(refused.body.detail, /toy may be evaluated 0 times on sample; 0 are used/);
  const ended = await post(owner);
  assert.equal(ended.body.status, "failed", "no engine here: the platform's fault");
  const usage = await sendJson(`${url}/v1/usage`, "GET", undefined, owner);
  assert.equal(usage.body.quota, 0);
  const [use] = usage.body.items;
  assert.deepEqual([use.user, use.model, use.failed, use.under_way], ["owner", "toy", 1, 0]);
  const own = await sendJson(`${url}/v1/usage?user=owner`, "GET", undefined, ada);
  assert.deepEqual(own.body.items, [], "a submitter is told of their own uses");
  await Deno.remove(models, { recursive: true });
});

Deno.test("users with tokens see what is theirs", async (t) => {
  await using service = await startEmbedded();
  const { url } = service;
  const sample = {
    name: "sample",
    images: `${PROJECT}sample_data/images`,
    data_list: `${PROJECT}sample_data/data.pkl`,
  };
  const wait = { prefer: "wait=300" };
  assert.equal((await sendJson(`${url}/v1/datasets`, "POST", sample, wait)).status, 201);
  const owner = await addToken(service, "owner", "admin");
  const ada = await addToken(service, "ada", "submit");
  const grace = await addToken(service, "grace", "submit");
  const reader = await addToken(service, "reader", "read");
  const request = { model: "reference", experiment: "exp1", dataset: "sample" };
  const submit = async (who: Bearer): Promise<Json> => {
    const headers = { ...who, "idempotency-key": "same" };
    const answer = await sendJson(`${url}/v1/evaluations`, "POST", request, headers);
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return answer.body;
  };
  const [hers, theirs] = [await submit(ada), await submit(grace)];

  await t.step("the door closed without a restart", async () => {
    assertProblem(await sendJson(`${url}/v1/datasets`, "GET"), 401, "unauthorized");
    assertProblem(await sendJson(`${url}/v1/datasets`, "POST", sample, ada), 403, "forbidden");
    assertProblem(
      await sendJson(`${url}/v1/datasets/sample`, "DELETE", undefined, ada),
      403,
      "forbidden",
    );
  });

  await t.step("the same key of two users is two evaluations, each with its user", () => {
    assert.notEqual(hers.id, theirs.id);
    assert.deepEqual([hers.user, theirs.user], ["ada", "grace"]);
  });

  await t.step("a submitter finds their own, by no route another's", async () => {
    const own = await sendJson(`${url}/v1/evaluations/${hers.id}`, "GET", undefined, ada);
    assert.equal(own.body.user, "ada");
    const self = `${url}/v1/evaluations/${theirs.id}`;
    for (const path of ["", "/log", "/events", "/predictions.csv", "/outputs"]) {
      assertProblem(await sendJson(self + path, "GET", undefined, ada), 404, "not_found");
    }
    assertProblem(await sendJson(`${self}/cancel`, "POST", undefined, ada), 404, "not_found");
    const listed = async (who: Bearer, query = ""): Promise<string[]> => {
      const { body } = await sendJson(`${url}/v1/evaluations${query}`, "GET", undefined, who);
      return body.items.map(({ user }: { user: string }) => user).toSorted();
    };
    assert.deepEqual(await listed(ada), ["ada"]);
    assert.deepEqual(await listed(ada, "?user=grace"), ["ada"]);
    assert.deepEqual(await listed(owner), ["ada", "grace"]);
    assert.deepEqual(await listed(reader), ["ada", "grace"]);
    assert.deepEqual(await listed(owner, "?user=grace"), ["grace"]);
  });

  await t.step("what a model has marked is for those who may see the truth", async () => {
    const outputs = `${url}/v1/evaluations/${hers.id}/outputs`;
    for (const who of [ada, reader]) {
      assertProblem(await sendJson(outputs, "GET", undefined, who), 403, "forbidden");
      assertProblem(await sendJson(`${outputs}?file=x`, "GET", undefined, who), 403, "forbidden");
    }
    assert.deepEqual((await sendJson(outputs, "GET", undefined, owner)).body, { items: [] });
    const none = await sendJson(`${outputs}?file=../log.txt`, "GET", undefined, owner);
    assertProblem(none, 404, "not_found");
  });

  await t.step("a forged caller header counts for nothing", async () => {
    const forged = { ...ada, "x-mammoeval-user": "grace", "x-mammoeval-role": "admin" };
    const answer = await sendJson(`${url}/v1/evaluations/${theirs.id}`, "GET", undefined, forged);
    assertProblem(answer, 404, "not_found");
  });

  await t.step("the audit log says who did what, and holds no secret", async () => {
    const text = await Deno.readTextFile(`${service.home}/access/audit.jsonl`);
    const entries = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    const posts = entries.filter(({ path, status }) =>
      path === "/v1/evaluations" && status === 202
    );
    assert.deepEqual(posts.map(({ user }) => user), ["ada", "grace"]);
    assert.ok(entries.some(({ status, refusal }) => status === 403 && refusal === "forbidden"));
    for (const { authorization } of [owner, ada, grace, reader]) {
      assert.ok(!text.includes(authorization!.slice(-20)));
    }
  });

  for (const { id } of [hers, theirs]) {
    await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST", undefined, owner);
  }
});
