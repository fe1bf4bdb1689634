import assert from "node:assert/strict";
import { type EvaluationRecord, evaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { evaluationRequestOf, formEntriesOf } from "./evaluation_form_page.tsx";

/** As a browser sends it: every field, most of them empty. */
const FILLED_IN = {
  dataset: "sample",
  experiment: "exp1",
  device: "cpu",
  exams: "all",
  ...Object.fromEntries(
    "parameters operating_points subgroups prevalence replicates seed gpu timeout_h"
      .split(" ").map((name) => [name, ""]),
  ),
};

const WHAT = { models: ["reference"], datasets: ["sample"], experiment: "exp1" };

Deno.test("fields that are left empty are left to the API", async () => {
  const request = await evaluationRequestOf(FILLED_IN, ["reference"]);
  assert.deepEqual(request, { ...WHAT, device: "cpu", exams: "all", parameters: {} });
});

/** Every field as a person fills it in, and as the API takes it. */
const WORDS = {
  ...FILLED_IN,
  device: "gpu",
  exams: "complete_only",
  parameters: "A=1  B=x=y,z",
  operating_points: "specificity=0.9 0.35",
  subgroups: "density, vendor",
  prevalence: "0.006",
  replicates: "500",
  seed: "7",
  gpu: "0 1",
  timeout_h: "0.5",
};
const ASKED = {
  device: "gpu",
  exams: "complete_only",
  parameters: { A: "1", B: "x=y,z" },
  operating_points: [{ specificity: 0.9 }, 0.35],
  subgroups: ["density", "vendor"],
  prevalence: 0.006,
  bootstrap: { replicates: 500, seed: 7 },
  gpu: [0, 1],
  timeout_s: 1800,
};

Deno.test("each field becomes what the API takes", async () => {
  const request = await evaluationRequestOf(WORDS, ["reference", "other"]);
  assert.deepEqual(request, { ...WHAT, ...ASKED, models: ["reference", "other"] });
  const read = async (entries: Record<string, string>): Promise<Record<string, unknown>> =>
    await evaluationRequestOf({ ...FILLED_IN, ...entries }, ["reference"]);
  assert.equal((await read({ subgroups: "none" }))["subgroups"], false);
  assert.equal((await read({ gpu: "auto" }))["gpu"], "auto");
});

Deno.test("every wrong field is named at once", async () => {
  const wrong = ["operating_points", "prevalence", "replicates", "gpu", "timeout_h"];
  const entries = Object.fromEntries(wrong.map((name) => [name, "many"]));
  const problem = await evaluationRequestOf({ ...FILLED_IN, ...entries, parameters: "A" }, [])
    .then(() => assert.fail("it was taken"), (error) => error);
  const fields = problem.errors.map(({ field }: { field: string }) => field.split(".")[0]);
  assert.deepEqual(
    [...new Set(fields)].toSorted(),
    ["bootstrap", "gpu", "models", "operating_points", "parameters", "prevalence", "timeout_s"],
  );
});

Deno.test("an evaluation fills in the form with its own choices", async () => {
  const { models: _, datasets: __, ...common } = await evaluationRequestOf(WORDS, ["reference"]);
  const request = evaluationRequest.parse({ ...common, model: "reference", dataset: "sample" });
  const evaluation = { model: "reference", dataset: "sample", request } as EvaluationRecord;
  const again = await evaluationRequestOf(formEntriesOf(evaluation), ["reference"]);
  const whole = ({ models, datasets, ...rest }: typeof again): unknown =>
    evaluationRequest.parse({ ...rest, model: models[0], dataset: datasets[0] });
  assert.deepEqual(
    JSON.parse(JSON.stringify(whole(again))),
    JSON.parse(JSON.stringify(request)),
  );
});
