import assert from "node:assert/strict";
import type { Problem } from "../../../shared/http/mod.ts";
import { makeRequest } from "../../../tests/support/inference/values.ts";
import { refuseOwnersOnly } from "./queue_evaluations.ts";

Deno.test("a model author sees no labels and chooses no groups; a data owner may do both", () => {
  const [ada, owner] = [
    { user: "ada", role: "submit" },
    { user: "owner", role: "admin" },
  ] as const;
  const isForbidden = (error: Problem): boolean => error.type === "forbidden";
  for (
    const asked of [
      { blind: false },
      { subgroups: ["density"] },
      { truth: { within_days: 730 } },
      { operating_points: [{ target: { recall_rate: 0.1 }, tune: { cross_fit: 2, seed: 1 } }] },
    ]
  ) {
    assert.throws(() => refuseOwnersOnly(ada, ["sample"], makeRequest(asked)), isForbidden);
    refuseOwnersOnly(owner, ["sample"], makeRequest(asked));
  }
  for (const asked of [{}, { priority: 100 }, { subgroups: false }]) {
    refuseOwnersOnly(ada, ["sample"], makeRequest(asked));
  }
});
