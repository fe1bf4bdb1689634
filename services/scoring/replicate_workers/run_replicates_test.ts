import assert from "node:assert/strict";
import { planClusters, planRows } from "../statistics/bootstrap.ts";
import { pairedPlan } from "../statistics/paired_replicates.ts";
import { type ReplicatePlan, runReplicatesHere } from "../statistics/replicates.ts";
import { drawSample } from "../../../tests/support/scoring/samples.ts";
import { runInWorkers, runReplicates } from "./run_replicates.ts";

const PROJECT = new URL("../../..", import.meta.url);

const SAMPLE = drawSample({
  ...{ seed: 1, clusters: 300, perCluster: 2, prevalence: 0.1, shared: 0.4, steps: 50 },
});
const PAIRED = { scoresA: SAMPLE.scores, scoresB: SAMPLE.others, ...SAMPLE };

const PLANS: Record<string, ReplicatePlan> = {
  "by row": planRows(SAMPLE, false),
  "by cluster, in strata": planClusters(SAMPLE, true),
  "paired": pairedPlan(PAIRED, false),
};

for (const [name, plan] of Object.entries(PLANS)) {
  Deno.test(`any number of workers gives the same numbers to the bit: ${name}`, async () => {
    const here = runReplicatesHere(plan, 5, 41);
    for (const workers of [1, 2, 3]) {
      assert.deepEqual(await runInWorkers(plan, 5, 41, workers), here, `${workers} workers`);
    }
    // Workers without a replicate do no harm.
    assert.deepEqual(await runInWorkers(plan, 5, 2, 3), runReplicatesHere(plan, 5, 2));
  });
}

Deno.test({
  name: "threads need no more than to read the project",
  permissions: { read: [PROJECT] },
  async fn(): Promise<void> {
    const plan = PLANS["by row"]!;
    assert.deepEqual(await runInWorkers(plan, 5, 20, 2), runReplicatesHere(plan, 5, 20));
  },
});

Deno.test("little work is done at once, much in threads, with the same result", async () => {
  const plan = planClusters(SAMPLE, false);
  assert.ok(!(runReplicates(plan, 1, 10) instanceof Promise));
  const large = drawSample({
    ...{ seed: 2, clusters: 20_000, perCluster: 2, prevalence: 0.02, shared: 0.4 },
  });
  const heavy = planClusters(large, false);
  const running = runReplicates(heavy, 1, 2600);
  assert.ok(running instanceof Promise);
  const columns = await running;
  const few = runReplicatesHere(heavy, 1, 20);
  columns.forEach((column, at) => assert.deepEqual(column.subarray(0, 20), few[at]));
});

Deno.test("a failure in a worker is the caller's, and does not end the process", async () => {
  const broken = { ...PLANS["by row"]!, kind: "nothing" } as unknown as ReplicatePlan;
  await assert.rejects(runInWorkers(broken, 1, 10, 2), /Cannot compute replicates 0 to 5/);
});
