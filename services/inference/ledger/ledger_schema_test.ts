import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ModelCheck } from "../../../shared/contracts/models.ts";
import type { Evaluation } from "./ledger.ts";
import { migrate, SCHEMA_VERSION } from "./ledger_schema.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { makeEvaluation, makeRequest } from "../../../tests/support/inference/values.ts";

const CHECK: ModelCheck = {
  model: "toy",
  status: "passed",
  findings: [],
  started_at: "2026-01-01T00:00:00.000Z",
  finished_at: "2026-01-01T00:01:00.000Z",
};

const VERSION_1 = `
  CREATE TABLE evaluations (id TEXT PRIMARY KEY, status TEXT NOT NULL, model TEXT NOT NULL,
    dataset TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, evaluation TEXT NOT NULL
    REFERENCES evaluations (id) ON DELETE CASCADE, type TEXT NOT NULL, data TEXT NOT NULL,
    at TEXT NOT NULL) STRICT;
  CREATE TABLE kept_answers (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL,
    evaluation TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

const VERSION_2 = `${VERSION_1}
  ALTER TABLE evaluations ADD COLUMN device TEXT NOT NULL DEFAULT 'cpu';
  ALTER TABLE evaluations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE deliveries (id TEXT PRIMARY KEY, evaluation TEXT NOT NULL
    REFERENCES evaluations (id) ON DELETE CASCADE, url TEXT NOT NULL, event TEXT NOT NULL,
    body TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT NOT NULL,
    last_error TEXT, created_at TEXT NOT NULL, delivered_at TEXT) STRICT;
  CREATE TABLE gone_receivers (url TEXT PRIMARY KEY, since TEXT NOT NULL) STRICT;
  PRAGMA user_version = 2;`;

const VERSION_3 = `${VERSION_2}
  CREATE TABLE uses (evaluation TEXT PRIMARY KEY, user TEXT NOT NULL, model TEXT NOT NULL,
    model_version TEXT NOT NULL, dataset TEXT NOT NULL, dataset_digest TEXT NOT NULL,
    status TEXT NOT NULL, error TEXT, at TEXT NOT NULL) STRICT;
  PRAGMA user_version = 3;`;

/** Version 4 changed contents, not tables. */
const VERSION_4 = `${VERSION_3} PRAGMA user_version = 4;`;

const VERSION_5 = `${VERSION_4}
  CREATE TABLE model_work (kind TEXT NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, model)) STRICT;
  PRAGMA user_version = 5;`;

const VERSION_6 = `${VERSION_5}
  ALTER TABLE evaluations ADD COLUMN user TEXT AS (json_extract(body, '$.user'));
  ALTER TABLE evaluations ADD COLUMN experiment TEXT AS (json_extract(body, '$.request.experiment'));
  ALTER TABLE evaluations ADD COLUMN audience TEXT AS ('all');
  ALTER TABLE evaluations ADD COLUMN searched TEXT AS (lower(model));
  CREATE INDEX evaluations_listed
    ON evaluations (id, status, model, dataset, user, experiment, audience, searched);
  PRAGMA user_version = 6;`;

/** A queued evaluation for a GPU, as versions 4 to 6 wrote it. */
function written4(): Omit<Evaluation, "request"> & { request: Record<string, unknown> } {
  const provenance = { model_version: "v1", dataset_digest: "sha256:d" };
  return { ...makeEvaluation({ provenance }), request: makeRequest({ device: "gpu" }) };
}

/** The same in version 3, before chosen subgroups. */
function written3(): ReturnType<typeof written4> {
  const { request: { subgroups: _subgroups, ...request }, ...rest } = written4();
  return { ...rest, request };
}

/** The same in version 2, before users. */
function written2(): Omit<ReturnType<typeof written3>, "user"> {
  const { user: _user, ...nobodys } = written3();
  return nobodys;
}

/** The same in version 1, before limits and priorities. */
function written1(): ReturnType<typeof written2> {
  const { request: { limits: _limits, priority: _priority, ...request }, ...rest } = written2();
  return { ...rest, request };
}

const INSERT_1 = "INSERT INTO evaluations (id, status, model, dataset, version, body) " +
  "VALUES (?, 'queued', 'toy', 'sample', 1, ?)";
const INSERT_2 = INSERT_1.replace("body)", "body, device)").replace("?)", "?, 'gpu')");

/** Each earlier version, with one evaluation. */
const EARLIER = [
  { version: 1, schema: VERSION_1, insert: INSERT_1, written: written1 },
  { version: 2, schema: VERSION_2, insert: INSERT_2, written: written2 },
  { version: 3, schema: VERSION_3, insert: INSERT_2, written: written3 },
  { version: 4, schema: VERSION_4, insert: INSERT_2, written: written4 },
  { version: 5, schema: VERSION_5, insert: INSERT_2, written: written4 },
  { version: 6, schema: VERSION_6, insert: INSERT_2, written: written4 },
];

for (const { version, schema, insert, written } of EARLIER) {
  Deno.test(`a ledger of version ${version} is brought to the present, what waits starts`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "ledger.sqlite");
      const evaluation = written();
      const old = new DatabaseSync(path);
      old.exec(schema);
      old.prepare(insert).run(evaluation.id, JSON.stringify(evaluation));
      old.close();
      const ledger = openSqliteLedger(path);
      const [queued] = ledger.queued("gpu", 10);
      assert.deepEqual(queued, {
        ...evaluation,
        user: "local",
        request: makeRequest({ device: "gpu" }),
      });
      assert.deepEqual(ledger.queued("cpu", 10), []);
      assert.equal(ledger.count({ seenBy: "somebody", search: "TOY" }), 1);
      assert.equal(ledger.uses.counted("v1", "sha256:d"), version < 3 ? 1 : 0);
      ledger.work.checks.put("toy", CHECK);
      ledger.work.checks.put("toy", { ...CHECK, status: "failed" });
      ledger.close();
      const again = openSqliteLedger(path);
      assert.deepEqual(again.work.checks.all(), [{
        model: "toy",
        state: { ...CHECK, status: "failed" },
      }]);
      assert.equal(again.work.builds.get("toy"), null, "a build is something else");
      again.close();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("each version before the present one has its test", () => {
  assert.deepEqual(EARLIER.map(({ version }) => version + 1).at(-1), SCHEMA_VERSION);
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
