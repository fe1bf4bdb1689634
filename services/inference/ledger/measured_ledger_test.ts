import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { measureLedger } from "./measured_ledger.ts";
import { BEGAN } from "./ledger.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { evaluationOrder } from "../../../shared/contracts/evaluations.ts";
import { requestOf } from "../models/private_model.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

Deno.test("Prometheus is told what waits, what runs, how long, and how it ended", async () => {
  const registry = new Registry();
  const plain = openSqliteLedger(":memory:");
  const ledger = measureLedger(plain, {
    registry,
    freeBytes: () => Promise.resolve(12),
    gpus: [0],
  });
  const at = (second: number): string => new Date(Date.UTC(2030, 0, 1, 0, 0, second)).toISOString();
  const [one, two, three] = [1, 2, 3].map(() =>
    makeEvaluation({ createdAt: at(0), request: makeRequest({ device: "gpu" }) })
  );
  for (const evaluation of [one!, two!, three!]) ledger.add(evaluation);
  ledger.change(one!.id, "building", { attempt: 1, startedAt: at(10), gpus: [1] });
  ledger.change(one!.id, "running", { runningSince: at(20) });
  const during = await registry.metrics();
  assert.match(during, /^mammoeval_evaluations\{status="queued"\} 2$/m);
  assert.match(during, /^mammoeval_evaluations\{status="running"\} 1$/m);
  assert.match(during, /^mammoeval_evaluations\{status="scoring"\} 0$/m);
  assert.match(during, /^mammoeval_gpu_busy\{gpu="0"\} 0$/m, "one that is known and free");
  assert.match(during, /^mammoeval_gpu_busy\{gpu="1"\} 1$/m);
  assert.match(during, /^mammoeval_volume_free_bytes 12$/m);
  assert.match(during, /^mammoeval_evaluation_wait_seconds_sum\{device="gpu"\} 10$/m);
  const error = { type: "out_of_memory", message: "no", stage: "running" } as const;
  ledger.change(one!.id, "failed", {
    error: { ...error, log_tail: [], faults: [] },
    finishedAt: at(50),
  });
  ledger.change(two!.id, "cancelled", { finishedAt: at(50) });
  assert.equal(ledger.change(two!.id, "building"), null, "what did not happen is not counted");
  const after = await registry.metrics();
  const ended = 'mammoeval_evaluations_ended_total\\{model="toy",status=';
  assert.match(after, new RegExp(`^${ended}"failed",error="out_of_memory"\\} 1$`, "m"));
  assert.match(after, new RegExp(`^${ended}"cancelled",error=""\\} 1$`, "m"));
  assert.match(after, /^mammoeval_evaluation_run_seconds_sum\{model="toy",status="failed"\} 30$/m);
  assert.doesNotMatch(after, /mammoeval_gpu_busy\{gpu="1"/);
  ledger.close();
});

Deno.test("the wait of a cluster's job ends with its first start there", async () => {
  const registry = new Registry();
  const ledger = measureLedger(openSqliteLedger(":memory:"), {
    registry,
    freeBytes: () => Promise.resolve(null),
    gpus: null,
  });
  const at = (second: number): string => new Date(Date.UTC(2030, 0, 1, 0, 0, second)).toISOString();
  const { id, provenance } = makeEvaluation({ createdAt: at(0) });
  ledger.add(makeEvaluation({ id, createdAt: at(0) }));
  ledger.change(id, "building", { attempt: 1, startedAt: at(1) });
  for (const second of [30, 50]) {
    ledger.change(id, "queued", { startedAt: null });
    const patch = { startedAt: at(second), provenance: { ...provenance, [BEGAN]: second } };
    ledger.change(id, "running", patch);
  }
  const metrics = await registry.metrics();
  assert.match(metrics, /^mammoeval_evaluation_wait_seconds_sum\{device="cpu"\} 30$/m);
  assert.match(metrics, /^mammoeval_evaluation_wait_seconds_count\{device="cpu"\} 1$/m);
  ledger.close();
});

Deno.test('metrics call every private image "private": everybody may read them', async () => {
  const registry = new Registry();
  const ledger = measureLedger(openSqliteLedger(":memory:"), {
    registry,
    freeBytes: () => Promise.resolve(null),
    gpus: null,
  });
  const image = `sha256:${"0123456789abcdef".repeat(4)}`;
  const privateImage = { image, level: "image", predict_path: "/opt/model" } as const;
  const order = evaluationOrder.parse({
    model: privateImage,
    dataset: "sample",
    experiment: "exp",
  });
  const request = requestOf(order);
  const { id } = makeEvaluation({ request });
  ledger.add(makeEvaluation({ id, request }));
  ledger.change(id, "building", { attempt: 1, startedAt: new Date().toISOString() });
  ledger.change(id, "running", { runningSince: new Date().toISOString() });
  ledger.change(id, "cancelled", { finishedAt: new Date().toISOString() });
  const metrics = await registry.metrics();
  assert.match(metrics, /^mammoeval_evaluations_ended_total\{model="private",/m);
  assert.ok(!metrics.includes(request.model), metrics);
  assert.ok(!metrics.includes("0123456789ab"), metrics);
  ledger.close();
});
