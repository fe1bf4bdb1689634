import assert from "node:assert/strict";
import type { Problem } from "../../../shared/http/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { makeEvaluation } from "../../../tests/support/inference/values.ts";
import { enforceOpen } from "./queue_evaluations.ts";

function of(user: string, count: number): Evaluation[] {
  return Array.from({ length: count }, () => ({ ...makeEvaluation({}), user }));
}

const ledger = { unfinished: () => [...of("ada", 2), ...of("eve", 9)] };

Deno.test("a model author may have so many evaluations under way, a batch counts as a whole", () => {
  const ada = { user: "ada", role: "submit" } as const;
  enforceOpen(of("ada", 1), ada, ledger, 3);
  const refusal = (error: Problem): boolean =>
    error.type === "too_many_requests" && /^You have 2 .*cancel them$/.test(error.message);
  assert.throws(() => enforceOpen(of("ada", 2), ada, ledger, 3), refusal);
});

Deno.test("a data owner may queue what they like", () => {
  enforceOpen(of("eve", 5), { user: "eve", role: "admin" }, ledger, 3);
});
