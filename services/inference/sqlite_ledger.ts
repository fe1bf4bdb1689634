import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { EvaluationStatus } from "../../shared/contracts/evaluations.ts";
import type {
  Evaluation,
  EvaluationEvent,
  EvaluationFilter,
  KeptAnswer,
  Ledger,
} from "./ledger.ts";
import { canChange, isFinal } from "./state_machine.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS evaluations (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    dataset TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS evaluations_by_status ON evaluations (status, id);
  CREATE INDEX IF NOT EXISTS evaluations_by_model ON evaluations (model, dataset, id);
  CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    evaluation TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_evaluation ON events (evaluation, sequence);
  CREATE TABLE IF NOT EXISTS kept_answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
`;

/** Version of the schema above; a ledger of another one is refused, not guessed at. */
const SCHEMA_VERSION = 1;

/**
 * Opens the ledger, alone: the lock goes with the process, however that ends.
 *
 * @param path of the database file; made when missing
 * @throws {Error} when another process has it, or it is of another version
 */
export function openSqliteLedger(path: string): Ledger {
  const database = openAlone(path);
  const watchers = new Map<string, Set<() => void>>();

  function row(id: string): Evaluation | null {
    const found = database.prepare("SELECT body FROM evaluations WHERE id = ?").get(id);
    return found === undefined ? null : JSON.parse(String(found["body"]));
  }

  function write(evaluation: Evaluation): void {
    database.prepare(
      `INSERT INTO evaluations (id, status, model, dataset, version, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, body = excluded.body`,
    ).run(
      evaluation.id,
      evaluation.status,
      evaluation.request.model,
      evaluation.request.dataset,
      evaluation.version,
      JSON.stringify(evaluation),
    );
  }

  function note(id: string, type: EvaluationEvent["type"], data: Record<string, unknown>): void {
    database.prepare("INSERT INTO events (evaluation, type, data, at) VALUES (?, ?, ?, ?)")
      .run(id, type, JSON.stringify(data), new Date().toISOString());
  }

  function announce(id: string): void {
    for (const onChange of [...watchers.get(id) ?? []]) onChange();
  }

  function apply(
    id: string,
    decide: (current: Evaluation) => Evaluation | null,
    event: (next: Evaluation) => [EvaluationEvent["type"], Record<string, unknown>],
  ): Evaluation | null {
    const next = inTransaction(database, () => {
      const current = row(id);
      const decided = current === null ? null : decide(current);
      if (decided === null) return null;
      const versioned = { ...decided, version: decided.version + 1 };
      write(versioned);
      note(id, ...event(versioned));
      return versioned;
    });
    if (next !== null) announce(id);
    return next;
  }

  return {
    add(evaluation, kept): void {
      inTransaction(database, () => {
        write(evaluation);
        note(evaluation.id, "status", { status: evaluation.status });
        if (kept !== undefined) keep(database, kept.key, kept.answer);
      });
    },
    get: row,
    list: (filter) => list(database, filter),
    unfinished: () => unfinished(database),
    change: (id, to, patch = {}) =>
      apply(
        id,
        (current) => canChange(current.status, to) ? { ...current, ...patch, status: to } : null,
        (
          next,
        ) => ["status", {
          status: next.status,
          attempt: next.attempt,
          error: next.error?.type ?? null,
        }],
      ),
    update: (id, patch) =>
      apply(
        id,
        (current) => isFinal(current.status) ? null : { ...current, ...patch },
        (next) => ["progress", { status: next.status, ...next.progress }],
      ),
    events: (id, after) => eventsAfter(database, id, after),
    watch(id, onChange): () => void {
      const set = watchers.get(id) ?? new Set();
      watchers.set(id, set.add(onChange));
      return () => {
        set.delete(onChange);
        if (set.size === 0 && watchers.get(id) === set) watchers.delete(id);
      };
    },
    keptAnswer: (key) => keptAnswer(database, key),
    close: () => database.close(),
  };
}

function openAlone(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    );
    database.exec("PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; COMMIT;");
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(String(cause))) {
      throw new Error(`Cannot open the ledger ${path}: ${(cause as Error).message}`, { cause });
    }
    throw new Error(
      `Cannot open the ledger ${path}: another mammoeval works on this volume; ` +
        "set MAMMOEVAL_URL to use that one, or MAMMOEVAL_HOME to another volume",
      { cause },
    );
  }
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version !== 0 && version !== SCHEMA_VERSION) {
    database.close();
    throw new Error(
      `Cannot open the ledger ${path}: its schema is version ${version}, this is ${SCHEMA_VERSION}`,
    );
  }
  database.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
  return database;
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function list(database: DatabaseSync, filter: EvaluationFilter): Evaluation[] {
  const conditions: [string, SQLInputValue | undefined][] = [
    ["json_extract(body, '$.user') = ?", filter.user],
    ["model = ?", filter.model],
    ["dataset = ?", filter.dataset],
    ["status = ?", filter.status],
    ["id < ?", filter.before],
  ];
  const asked = conditions.filter(([, value]) => value !== undefined);
  const where = asked.length === 0 ? "" : `WHERE ${asked.map(([sql]) => sql).join(" AND ")}`;
  return database.prepare(`SELECT body FROM evaluations ${where} ORDER BY id DESC LIMIT ?`)
    .all(...asked.map(([, value]) => value!), filter.limit)
    .map((row) => JSON.parse(String(row["body"])));
}

function unfinished(database: DatabaseSync): Evaluation[] {
  const open: EvaluationStatus[] = ["queued", "building", "running", "scoring"];
  return database.prepare(`SELECT body FROM evaluations WHERE status IN (?, ?, ?, ?) ORDER BY id`)
    .all(...open)
    .map((row) => JSON.parse(String(row["body"])));
}

function eventsAfter(database: DatabaseSync, id: string, after: number): EvaluationEvent[] {
  return database.prepare(
    "SELECT * FROM events WHERE evaluation = ? AND sequence > ? ORDER BY sequence",
  )
    .all(id, after)
    .map((row) => ({
      sequence: Number(row["sequence"]),
      evaluation: id,
      type: row["type"] as EvaluationEvent["type"],
      data: JSON.parse(String(row["data"])),
      at: String(row["at"]),
    }));
}

function keep(database: DatabaseSync, key: string, answer: KeptAnswer): void {
  database.prepare(
    "INSERT INTO kept_answers (key, fingerprint, evaluation, body, at) VALUES (?, ?, ?, ?, ?)",
  )
    .run(key, answer.fingerprint, answer.evaluation, answer.body, new Date().toISOString());
}

function keptAnswer(database: DatabaseSync, key: string): KeptAnswer | null {
  const row = database.prepare(
    "SELECT fingerprint, evaluation, body FROM kept_answers WHERE key = ?",
  ).get(key);
  return row === undefined ? null : {
    fingerprint: String(row["fingerprint"]),
    evaluation: String(row["evaluation"]),
    body: String(row["body"]),
  };
}
