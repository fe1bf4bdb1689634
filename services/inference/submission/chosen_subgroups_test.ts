import assert from "node:assert/strict";
import { makeExam } from "../../../shared/domain/test_values.ts";
import type { Problem } from "../../../shared/http/mod.ts";
import { makeRequest } from "../test_values.ts";
import { inWorld } from "../test_world.ts";
import { checkSubgroups } from "./chosen_subgroups.ts";
import { submitBatch } from "./submit_batch.ts";

const EXAMS = [
  makeExam(0, { extras: { exam_id: "a", density: "b", age: 49 } }),
  makeExam(1, { extras: { exam_id: "b", density: "c", age: "unknown" } }),
];

function refusalOf(subgroups: unknown): Problem | null {
  try {
    checkSubgroups(makeRequest({ subgroups }), EXAMS);
    return null;
  } catch (error) {
    return error as Problem;
  }
}

Deno.test("keys that the exams have are taken, and so is none or all of them", () => {
  for (const subgroups of [true, false, [], ["density"], [{ key: "age", negatives: "all" }]]) {
    assert.equal(refusalOf(subgroups), null, JSON.stringify(subgroups));
  }
});

Deno.test("an unknown key is named with those that there are, each that cannot be used is a fault", () => {
  const refused = refusalOf(["densty", { key: "age", bins: [50] }]);
  assert.equal(refused?.type, "invalid_request");
  assert.equal(
    refused?.message,
    'subgroups: dataset sample cannot be divided so: There is no key "densty": the exams have ' +
      "density, age (2 faults in all: see errors)",
  );
  assert.deepEqual(refused?.errors.map(({ code, field, exam }) => [code, field, exam]), [
    ["subgroup_unknown", "densty", null],
    ["subgroup_not_numeric", "age", "exam1"],
  ]);
});

Deno.test("a batch reads the exams of a dataset once, however many models there are", () =>
  inWorld(async (world) => {
    let read = 0;
    const exams = (): Promise<typeof EXAMS> => (read += 1, Promise.resolve(EXAMS));
    const deps = {
      ...world,
      limits: { memory: "1g", pids: 64, cpus: 1, temporary: "1g", diskBytes: 1, outputBytes: 1 },
      imageRegistries: [],
      sender: { refusal: () => null },
      workspace: { exams },
    };
    await Deno.rename(`${world.folder}/models/toy`, `${world.folder}/models/toy_a`);
    await Deno.symlink(`${world.folder}/models/toy_a`, `${world.folder}/models/toy_b`);
    const { model: _model, dataset: _dataset, private_image: _image, ...common } = makeRequest({
      subgroups: ["density"],
    });
    const batch = { ...common, models: ["toy_a", "toy_b"], datasets: ["sample"] };
    const evaluations = await submitBatch(batch, "ada", deps);
    assert.deepEqual([evaluations.length, read], [2, 1]);
  }));
