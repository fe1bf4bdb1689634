import assert from "node:assert/strict";
import type { Caller, Problem } from "../../../shared/http/mod.ts";
import { enforceQuota } from "./queue_evaluations.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

const ADA: Caller = { user: "ada", role: "submit" };

function evaluation(model = "toy", version = "v1", digest = "sha256:d"): Evaluation {
  return makeEvaluation({
    request: makeRequest({ model }),
    provenance: { model_version: version, dataset_digest: digest },
  });
}

/** Counts this many uses of version v1 on data d, and none otherwise. */
function used(count: number): Parameters<typeof enforceQuota>[2] {
  const counted = (version: string, digest: string): number =>
    version === "v1" && digest === "sha256:d" ? count : 0;
  return { uses: { counted }, quota: 3 };
}

const isExceeded = (left: number): (error: Problem) => boolean => (error) =>
  error.type === "quota_exceeded" && error.message.includes(`${left} left`);

Deno.test("the last of a quota is given, the next is refused", () => {
  enforceQuota([evaluation()], ADA, used(2));
  assert.throws(() => enforceQuota([evaluation()], ADA, used(3)), isExceeded(0));
});

Deno.test("a batch counts as a whole, each version and each data set for itself", () => {
  const other = [evaluation("toy", "v2"), evaluation("toy", "v1", "sha256:e")];
  enforceQuota([evaluation(), ...other, ...other, ...other], ADA, used(2));
  assert.throws(() => enforceQuota([evaluation(), evaluation()], ADA, used(2)), isExceeded(1));
});

Deno.test("data owners and the reference model have no quota", () => {
  enforceQuota([evaluation()], { user: "owner", role: "admin" }, used(9));
  enforceQuota([evaluation("reference")], ADA, used(9));
});
