import assert from "node:assert/strict";
import { cannotRun } from "./cannot_run.ts";

Deno.test("cannotRun: without an engine only our own model runs, without a GPU none that needs one", () => {
  const torch = { name: "torch", devices: ["gpu", "cpu"] as const };
  const large = { name: "large", devices: ["gpu"] as const };
  const own = { name: "reference", devices: ["cpu"] as const };
  assert.match(cannotRun(torch, "process", [])!, /needs a container/);
  assert.equal(cannotRun(own, "process", []), null);
  assert.equal(cannotRun(torch, "docker", []), null);
  assert.match(cannotRun(large, "docker", [])!, /only on a GPU/);
  assert.equal(cannotRun(large, "docker", [0]), null);
  assert.equal(cannotRun(large, "slurm", null), null, "the cluster gives out GPUs");
});
