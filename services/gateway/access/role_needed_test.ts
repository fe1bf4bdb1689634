import assert from "node:assert/strict";
import { roleNeeded } from "./admit.ts";

const NEEDED: readonly (readonly [string, string, ReturnType<typeof roleNeeded>])[] = [
  ["GET", "/healthz", null],
  ["GET", "/readyz", null],
  ["POST", "/healthz", "admin"],
  ["POST", "/sign-in", "read"],
  ["GET", "/sign-in", "read"],
  ["POST", "/sign-in/x", "admin"],
  ["GET", "/", "read"],
  ["GET", "/metrics", "read"],
  ["GET", "/docs", "read"],
  ["GET", "/openapi.json", "read"],
  ["GET", "/v1/datasets", "read"],
  ["HEAD", "/v1/datasets", "read"],
  ["GET", "/v1/evaluations/x/predictions.csv", "read"],
  ["POST", "/v1/evaluations", "submit"],
  ["POST", "/v1/evaluations/x/cancel", "submit"],
  ["DELETE", "/v1/evaluations/x", "admin"],
  ["POST", "/v1/evaluations/batch", "submit"],
  ["POST", "/v1/evaluations/x/webhooks/y/redeliver", "admin"],
  ["POST", "/v1/scores", "submit"],
  ["POST", "/v1/comparisons", "submit"],
  ["POST", "/v1/reader-studies", "submit"],
  ["POST", "/v1/screening-simulations", "submit"],
  ["POST", "/v1/score-analyses", "submit"],
  ["POST", "/v1/paired-decisions", "submit"],
  ["POST", "/v1/score-analyses/x", "admin"],
  ["POST", "/v1/paired-decisions/x", "admin"],
  ["POST", "/v1/scores/x/subgroups", "submit"],
  ["POST", "/v1/scores/x", "admin"],
  ["POST", "/v1/evaluations/x/cancel/../../../datasets", "admin"],
  ["POST", "/v1/datasets", "admin"],
  ["DELETE", "/v1/datasets/x", "admin"],
  ["POST", "/v1/models/x/build", "admin"],
  ["POST", "/evaluations", "submit"],
  ["POST", "/scores", "submit"],
  ["POST", "/ensembles", "submit"],
  ["POST", "/reader-studies", "submit"],
  ["POST", "/datasets", "admin"],
  ["POST", "/datasets/upload", "admin"],
  ["POST", "/models/x/build", "admin"],
  ["POST", "/models/x/check", "admin"],
  ["POST", "/images/prune", "admin"],
  ["PUT", "/anything", "admin"],
  ["PATCH", "/v1/evaluations", "submit"],
  ["PATCH", "/v1/evaluations/x", "submit"],
  ["PATCH", "/v1/scores/x", "admin"],
  ["POST", "/evaluations/x/notes", "submit"],
];

Deno.test("each request needs the role of its table", () => {
  for (const [method, path, role] of NEEDED) {
    assert.equal(roleNeeded(method, path), role, `${method} ${path}`);
  }
});
