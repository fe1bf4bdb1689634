import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { type Json, sendJson } from "../support/http.ts";

/** Uploads the sample data: nothing of it is left outside the volume. */
async function upload(url: string): Promise<void> {
  const folder = join(PROJECT, "sample_data");
  const form = new FormData();
  form.set("name", "uploaded");
  form.set("data_list", new File([await Deno.readFile(join(folder, "data.pkl"))], "data.pkl"));
  for await (const { name } of Deno.readDir(join(folder, "images"))) {
    form.append("images", new File([await Deno.readFile(join(folder, "images", name))], name));
  }
  const headers = { prefer: "wait=120" };
  const response = await fetch(`${url}/v1/datasets`, { method: "POST", body: form, headers });
  assert.equal(response.status, 201, await response.text());
}

async function evaluate(url: string): Promise<Json> {
  const request = { model: "reference", experiment: "exp1", dataset: "uploaded" };
  const answer = await sendJson(`${url}/v1/evaluations`, "POST", request, { prefer: "wait=300" });
  assert.equal(answer.body.status, "succeeded", JSON.stringify(answer.body));
  return answer.body;
}

/** Everything that a caller can fetch of an evaluation. */
async function fetchAll(url: string, { id, score }: Json): Promise<string[]> {
  const paths = [
    `/v1/evaluations/${id}`,
    `/v1/evaluations/${id}/predictions.csv`,
    `/v1/evaluations/${id}/log`,
    score,
    `${score}/breast/roc.svg`,
    `${score}/breast/curves.csv`,
    "/v1/datasets",
    "/v1/datasets/uploaded/exams",
    "/v1/usage",
  ];
  return await Promise.all(paths.map(async (path) => {
    const response = await fetch(url + path);
    assert.equal(response.status, 200, path);
    return await response.text();
  }));
}

Deno.test("a volume that was copied while nothing runs is whole, under another path too", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-restore-" });
  const [original, restored] = [join(folder, "original"), join(folder, "elsewhere", "restored")];
  try {
    let before: string[];
    let evaluation: Json;
    {
      await using service = await startEmbedded({ MAMMOEVAL_HOME: original });
      await upload(service.url);
      evaluation = await evaluate(service.url);
      before = await fetchAll(service.url, evaluation);
    }
    await Deno.mkdir(join(folder, "elsewhere"));
    const copied = await new Deno.Command("cp", { args: ["-a", original, restored] }).output();
    assert.ok(copied.success);
    await Deno.remove(original, { recursive: true });
    await using service = await startEmbedded({ MAMMOEVAL_HOME: restored });
    const after = await fetchAll(service.url, evaluation);
    const here = (text: string): string => text.replaceAll(original, restored);
    assert.deepEqual(after, before.map(here));
    const again = await evaluate(service.url);
    assert.notEqual(again.id, evaluation.id, "the restored data can be evaluated anew");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
