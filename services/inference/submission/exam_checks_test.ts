import assert from "node:assert/strict";
import { datasetFiles } from "../../../shared/volume/mod.ts";
import { makeJob, makeRequest } from "../../../tests/support/inference/values.ts";
import { inWorld } from "../../../tests/support/inference/world.ts";
import type { ExamsQuestion } from "../workspace/check_exams.ts";
import { createExamChecks } from "./exam_checks.ts";
import { submitBatch } from "./submit_batch.ts";
import { submitEvaluation } from "./submit_evaluation.ts";

function asked(key: string): ExamsQuestion {
  return {
    views: [],
    exams: "all",
    truth: null,
    subgroups: [{ key, bins: null, negatives: "own" }],
  };
}

Deno.test("the same question about the same list is read for once; another list or question anew", () =>
  inWorld(async ({ layout }) => {
    const checks = createExamChecks(layout);
    const dataset = { id: "sample", digest: "d1" };
    const [first, twin] = await Promise.all([1, 2].map(() => checks.ask(dataset, asked("densty"))));
    assert.equal(first!.subgroups[0]?.code, "subgroup_unknown");
    assert.equal(twin, first, "one answer for both");
    await Deno.remove(datasetFiles(layout, "sample").dataList);
    assert.deepEqual(await checks.ask(dataset, asked("densty")), first, "no list is read");
    await assert.rejects(checks.ask(dataset, asked("other")), /Cannot use .*data_list\.pkl/);
    const changed = { id: "sample", digest: "d2" };
    await assert.rejects(checks.ask(changed, asked("densty")), /Cannot use .*data_list\.pkl/);
  }));

Deno.test("a question that failed is asked again", () =>
  inWorld(async ({ layout }) => {
    const checks = createExamChecks(layout);
    const { dataList } = datasetFiles(layout, "sample");
    const dataset = { id: "sample", digest: "d1" };
    await Deno.rename(dataList, `${dataList}.away`);
    await assert.rejects(checks.ask(dataset, asked("densty")), /Cannot use/);
    await Deno.rename(`${dataList}.away`, dataList);
    assert.ok((await checks.ask(dataset, asked("densty"))).count > 0);
  }));

Deno.test("the thread that answers reads no list: refusals by the hundred come from one reading", () =>
  inWorld(async (world) => {
    const deps = {
      ...world,
      limits: makeJob().limits,
      imageRegistries: [],
      sender: { refusal: () => null },
    };
    const refused = (): Promise<unknown> =>
      submitEvaluation(makeRequest({ subgroups: ["densty"] }), "ada", deps);
    await assert.rejects(refused(), {
      type: "invalid_request",
      message: /^subgroups: dataset sample cannot be divided this way: There is no key "densty"/,
    });
    await Deno.remove(datasetFiles(world.layout, "sample").dataList);
    const again = await Promise.allSettled(Array.from({ length: 100 }, refused));
    for (const one of again) {
      assert.match(String(one.status === "rejected" && one.reason), /There is no key "densty"/);
    }
    const { model: _model, dataset: _dataset, private_image: _image, ...common } = makeRequest({
      subgroups: ["densty"],
    });
    const batch = { ...common, models: ["toy"], datasets: ["sample"] };
    await assert.rejects(submitBatch(batch, "ada", deps), /toy on sample: .*"densty"/);
  }));
