import assert from "node:assert/strict";
import type { EvaluationErrorType } from "../../../shared/contracts/evaluations.ts";
import type { Evaluation, Ledger } from "./ledger.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

function withLedger(work: (ledger: Ledger) => void): void {
  const ledger = openSqliteLedger(":memory:");
  try {
    work(ledger);
  } finally {
    ledger.close();
  }
}

function add(ledger: Ledger, overrides: Partial<Evaluation> = {}): string {
  const evaluation = makeEvaluation({
    provenance: { model_version: "v1", dataset_digest: "sha256:d" },
    ...overrides,
  });
  ledger.add(evaluation);
  return evaluation.id;
}

function fail(ledger: Ledger, id: string, type: EvaluationErrorType): void {
  ledger.change(id, "building");
  ledger.change(id, "running");
  const error = { type, message: "no", stage: "running", log_tail: [], faults: [] } as const;
  ledger.change(id, "failed", { error: { ...error, log_tail: [], faults: [] } });
}

Deno.test("what is under way and what the model did wrong counts, what the platform did wrong does not", () =>
  withLedger((ledger) => {
    const counted = (): number => ledger.uses.counted("v1", "sha256:d");
    assert.equal(counted(), 0);
    const first = add(ledger);
    assert.equal(counted(), 1, "under way");
    fail(ledger, first, "interrupted");
    assert.equal(counted(), 0);
    fail(ledger, add(ledger), "invalid_predictions");
    assert.equal(counted(), 1);
    const succeeded = add(ledger);
    for (const status of ["building", "running", "scoring", "succeeded"] as const) {
      ledger.change(succeeded, status);
    }
    ledger.change(add(ledger), "cancelled");
    assert.equal(counted(), 2);
    assert.equal(ledger.uses.counted("v2", "sha256:d"), 0);
    assert.equal(ledger.uses.counted("v1", "sha256:e"), 0);
  }));

Deno.test("deleting an evaluation frees no quota and leaves the record", () =>
  withLedger((ledger) => {
    const id = add(ledger);
    fail(ledger, id, "container_failed");
    assert.ok(ledger.remove(id));
    assert.equal(ledger.uses.counted("v1", "sha256:d"), 1);
    assert.equal(ledger.uses.list({})[0]?.failed, 1);
  }));

Deno.test("uses are listed by user, version and data, also when these got another name", () =>
  withLedger((ledger) => {
    add(ledger, { user: "ada" });
    ledger.change(add(ledger, { user: "ada" }), "cancelled");
    add(ledger, { user: "ada", request: makeRequest({ dataset: "renamed" }) });
    add(ledger, { user: "grace" });
    const shown = (filter: Parameters<typeof ledger.uses.list>[0]): unknown[] =>
      ledger.uses.list(filter).map((
        { user, under_way, cancelled },
      ) => [user, under_way, cancelled]);
    assert.deepEqual(shown({}), [["ada", 2, 1], ["grace", 1, 0]]);
    assert.deepEqual(shown({ user: "grace" }), [["grace", 1, 0]]);
    assert.deepEqual(shown({ dataset: "renamed" }), [["ada", 1, 0]]);
    assert.deepEqual(shown({ model: "nobody" }), []);
  }));
