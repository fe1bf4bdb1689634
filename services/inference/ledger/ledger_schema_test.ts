import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate, SCHEMA_VERSION } from "./ledger_schema.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { makeEvaluation, makeRequest } from "../test_values.ts";

/** What version 1 made. */
const VERSION_1 = `
  CREATE TABLE evaluations (id TEXT PRIMARY KEY, status TEXT NOT NULL, model TEXT NOT NULL,
    dataset TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, evaluation TEXT NOT NULL
    REFERENCES evaluations (id) ON DELETE CASCADE, type TEXT NOT NULL, data TEXT NOT NULL,
    at TEXT NOT NULL) STRICT;
  CREATE TABLE kept_answers (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL,
    evaluation TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

Deno.test("a ledger of version 1 is brought to the present, what waits in it starts", async () => {
  const path = await Deno.makeTempFile({ suffix: ".sqlite" });
  try {
    const { limits: _limits, priority: _priority, ...request } = makeRequest({ device: "gpu" });
    const { user: _user, ...nobodys } = makeEvaluation({
      provenance: { model_version: "v1", dataset_digest: "sha256:d" },
    });
    const evaluation = { ...nobodys, request };
    const old = new DatabaseSync(path);
    old.exec(VERSION_1);
    old.prepare("INSERT INTO evaluations VALUES (?, 'queued', 'toy', 'sample', 1, ?)")
      .run(evaluation.id, JSON.stringify(evaluation));
    old.close();
    const ledger = openSqliteLedger(path);
    const [queued] = ledger.queued("gpu", 10);
    assert.equal(queued?.id, evaluation.id);
    assert.deepEqual([queued.request.limits, queued.request.priority], [{}, 0]);
    assert.deepEqual(ledger.queued("cpu", 10), []);
    assert.equal(queued.user, "local");
    assert.equal(ledger.uses.counted("v1", "sha256:d"), 1);
    ledger.close();
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a step that fails leaves the version before it, whole", () => {
  const database = new DatabaseSync(":memory:");
  database.exec(VERSION_1);
  database.exec("CREATE TABLE deliveries (id TEXT)");
  assert.throws(() => migrate(database), /already exists/);
  assert.ok(!database.isTransaction);
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  assert.deepEqual([version, SCHEMA_VERSION >= 2], [1, true]);
  database.close();
});
