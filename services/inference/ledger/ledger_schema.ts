import type { DatabaseSync } from "node:sqlite";

/** SQL steps from one schema version to the next; the first creates an empty ledger. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE evaluations (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    dataset TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX evaluations_by_status ON evaluations (status, id);
  CREATE INDEX evaluations_by_model ON evaluations (model, dataset, id);
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    evaluation TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_evaluation ON events (evaluation, sequence);
  CREATE TABLE kept_answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;`,
  // 2: order of the queue, and webhooks that survive a restart.
  `ALTER TABLE evaluations ADD COLUMN device TEXT NOT NULL DEFAULT 'cpu';
  ALTER TABLE evaluations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  UPDATE evaluations SET
    device = json_extract(body, '$.request.device'),
    body = json_insert(body, '$.request.limits', json('{}'), '$.request.priority', 0);
  CREATE INDEX evaluations_by_turn ON evaluations (status, device, priority DESC, id);
  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    evaluation TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TEXT NOT NULL,
    last_error TEXT,
    created_at TEXT NOT NULL,
    delivered_at TEXT
  ) STRICT;
  CREATE INDEX deliveries_by_turn ON deliveries (status, next_at);
  CREATE INDEX deliveries_by_evaluation ON deliveries (evaluation, id);
  CREATE TABLE gone_receivers (url TEXT PRIMARY KEY, since TEXT NOT NULL) STRICT;`,
  // 3: users, and uses (who evaluated what on which data), which outlive evaluations.
  `UPDATE evaluations SET body = json_insert(body, '$.user', 'local');
  CREATE TABLE uses (
    evaluation TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    model TEXT NOT NULL,
    model_version TEXT NOT NULL,
    dataset TEXT NOT NULL,
    dataset_digest TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX uses_by_version ON uses (model_version, dataset_digest);
  INSERT INTO uses SELECT id, json_extract(body, '$.user'), model,
    coalesce(json_extract(body, '$.provenance.model_version'), ''), dataset,
    coalesce(json_extract(body, '$.provenance.dataset_digest'), ''), status,
    json_extract(body, '$.error.type'), json_extract(body, '$.createdAt')
    FROM evaluations;`,
  // 4: subgroups per evaluation; earlier evaluations get the default.
  `UPDATE evaluations SET body = json_insert(body, '$.request.subgroups', json('true'));`,
  // 5: the latest build and the latest check of each model.
  `CREATE TABLE model_work (
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, model)
  ) STRICT;`,
  // 6: lists filter, sort and count by an index: reading the body of every evaluation takes too long.
  `ALTER TABLE evaluations ADD COLUMN user TEXT AS (json_extract(body, '$.user'));
  ALTER TABLE evaluations ADD COLUMN experiment TEXT AS (json_extract(body, '$.request.experiment'));
  ALTER TABLE evaluations ADD COLUMN audience TEXT AS (CASE
    WHEN json_extract(body, '$.request.blind') IS 0 THEN 'owners'
    WHEN json_extract(body, '$.request.private_image') IS NULL THEN 'all' ELSE 'user' END);
  ALTER TABLE evaluations ADD COLUMN searched TEXT AS (lower(concat_ws(' ', model, dataset,
    json_extract(body, '$.request.experiment'), json_extract(body, '$.user'),
    json_extract(body, '$.request.parameters'))));
  CREATE INDEX evaluations_listed
    ON evaluations (id, status, model, dataset, user, experiment, audience, searched);`,
  // 7: lists also search what people called an evaluation and noted about it.
  `DROP INDEX evaluations_listed;
  ALTER TABLE evaluations DROP COLUMN searched;
  ALTER TABLE evaluations ADD COLUMN searched TEXT AS (lower(concat_ws(' ', model, dataset,
    json_extract(body, '$.request.experiment'), json_extract(body, '$.user'),
    json_extract(body, '$.request.parameters'), json_extract(body, '$.name'),
    json_extract(body, '$.notes'))));
  CREATE INDEX evaluations_listed
    ON evaluations (id, status, model, dataset, user, experiment, audience, searched);`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Migrates a ledger, one transaction per step. Throws when a later version wrote the ledger. */
export function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `its schema has version ${version}, this mammoeval supports ${SCHEMA_VERSION}: ` +
        "a later version wrote it; use that version",
    );
  }
  for (let step = version; step < SCHEMA_VERSION; step++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(`${MIGRATIONS[step]} PRAGMA user_version = ${step + 1}; COMMIT;`);
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}
