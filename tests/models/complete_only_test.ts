import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { engineTest } from "../support/engine.ts";
import { ended, logOf } from "../support/evaluations.ts";
import { assertProblem, type Json, sendJson } from "../support/http.ts";
import { makeToyModel } from "../support/toy_model.ts";

/** A model that needs four views, on exams of which one lacks a view: from request to score. */

/** Tells which exams it was given (protocol 4 has text as it is), and writes a row for each. */
const SCRIPT = String.raw`
echo "exams given: $(grep -ao 'phantom_[0-9]' "$1" | tr '\n' ' ')"
echo left_malignant,right_malignant >"$3"
echo 0.1,0.9 >>"$3"; echo 0.2,0.3 >>"$3"; echo 0.8,0.4 >>"$3"`;

await engineTest("complete_only leaves exams out everywhere, and says so", async () => {
  await using model = await makeToyModel({ script: SCRIPT });
  const manifest = { views: ["L-CC", "R-CC", "L-MLO", "R-MLO"], level: "breast" };
  await Deno.writeTextFile(join(model.root, model.name, "model.json"), JSON.stringify(manifest));
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: model.root,
  });
  const { url } = service;
  const exams = JSON.parse(await Deno.readTextFile(join(PROJECT, "sample_data/data.json")));
  exams[1]["R-MLO"] = [];
  const dataList = join(service.dataFolder, "list.json");
  await Deno.writeTextFile(dataList, JSON.stringify(exams));
  const dataset = await sendJson(`${url}/v1/datasets`, "POST", {
    name: "incomplete",
    images: join(PROJECT, "sample_data/images"),
    data_list: dataList,
  }, { prefer: "wait=60" });
  assert.equal(dataset.status, 201, JSON.stringify(dataset.body));
  const request = {
    ...{ model: model.name, experiment: "exp1", dataset: "incomplete", bootstrap: false },
  };

  const refused = await sendJson(`${url}/v1/evaluations`, "POST", request);
  assertProblem(refused, 422, "incomplete_exams");
  assert.deepEqual(refused.body.errors.map(({ exam, view }: Json) => [exam, view]), [
    ["phantom_1", "R-MLO"],
  ]);

  const asked = { ...request, exams: "complete_only" };
  const { body } = await sendJson(`${url}/v1/evaluations`, "POST", asked);
  const evaluation = await ended(url, body.id);
  assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
  assert.deepEqual(evaluation.provenance.exams_left_out, { count: 1, ids: ["phantom_1"] });
  const given = (await logOf(url, body.id)).find((line) => line.startsWith("exams given"));
  assert.equal(given?.trim(), "exams given: phantom_0 phantom_2 phantom_3");

  const score = (await sendJson(`${url}${evaluation.score}`, "GET")).body;
  assert.equal(score.levels.breast.count, 6);
  const truth = exams.filter((_: Json, index: number) => index !== 1).flatMap((exam: Json) => [
    exam.cancer_label.left_malignant,
    exam.cancer_label.right_malignant,
  ]);
  const positives = truth.filter((label: number) => label === 1).length;
  assert.equal(score.levels.breast.positives, positives);
});
