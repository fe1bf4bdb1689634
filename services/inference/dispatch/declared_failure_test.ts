import assert from "node:assert/strict";
import { declaredFailure } from "./failure_of_end.ts";

Deno.test("the last line of that form is the failure", () => {
  const tail = [
    "mammoeval: error: container_failed: first",
    "noise",
    "mammoeval: error: gpu_unavailable: the container sees no GPU",
    "mammoeval: failed step: look for the device (exit code 1)",
  ];
  assert.deepEqual(declaredFailure(tail), {
    type: "gpu_unavailable",
    message: "The model says: the container sees no GPU",
  });
});

Deno.test("a model cannot claim what only the platform can tell", () => {
  assert.equal(
    declaredFailure(["mammoeval: error: quota_exceeded: nice try"])?.type,
    "container_failed",
  );
});

Deno.test("other lines say nothing", () => {
  assert.equal(declaredFailure(["error: x", "mammoeval: error: no type", ""]), null);
});
