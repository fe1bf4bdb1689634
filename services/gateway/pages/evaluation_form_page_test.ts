import assert from "node:assert/strict";
import { evaluationOrder } from "../../../shared/contracts/evaluations.ts";
import { evaluationRequestOf } from "./evaluation_form_page.tsx";

/** As a browser sends it: every field, most of them empty. */
const FILLED_IN = {
  model: "reference",
  dataset: "sample",
  experiment: "exp1",
  device: "cpu",
  exams: "all",
  ...Object.fromEntries(
    "parameters subgroups prevalence replicates seed gpu priority timeout_h".split(" ")
      .map((name) => [name, ""]),
  ),
};

Deno.test("fields that are left empty are left to the API", () => {
  const request = evaluationRequestOf(FILLED_IN);
  assert.deepEqual(request, {
    ...{ model: "reference", dataset: "sample", experiment: "exp1", device: "cpu" },
    ...{ exams: "all", parameters: {} },
  });
  assert.ok(evaluationOrder.safeParse(request).success);
});

Deno.test("every field becomes what the API takes", () => {
  const request = evaluationRequestOf({
    ...FILLED_IN,
    device: "gpu",
    exams: "complete_only",
    parameters: "A=1  B=x=y,z",
    subgroups: "density, vendor",
    prevalence: "0.006",
    replicates: "500",
    seed: "7",
    gpu: "0 1",
    priority: "-5",
    timeout_h: "0.5",
  });
  assert.deepEqual(request, {
    ...{ model: "reference", dataset: "sample", experiment: "exp1", device: "gpu" },
    exams: "complete_only",
    parameters: { A: "1", B: "x=y,z" },
    subgroups: ["density", "vendor"],
    prevalence: 0.006,
    bootstrap: { replicates: 500, seed: 7 },
    gpu: [0, 1],
    priority: -5,
    timeout_s: 1800,
  });
  assert.ok(evaluationOrder.safeParse(request).success);
  assert.equal(evaluationRequestOf({ ...FILLED_IN, subgroups: "none" })["subgroups"], false);
  assert.equal(evaluationRequestOf({ ...FILLED_IN, gpu: "auto" })["gpu"], "auto");
});

Deno.test("what is no number is refused by the API, not guessed at", () => {
  for (const field of ["prevalence", "replicates", "gpu", "priority", "timeout_h"]) {
    const request = evaluationRequestOf({ ...FILLED_IN, [field]: "many" });
    const sent = JSON.parse(JSON.stringify(request));
    assert.equal(evaluationOrder.safeParse(sent).success, false, field);
  }
  assert.throws(() => evaluationRequestOf({ ...FILLED_IN, parameters: "A" }), /NAME=value/);
});
