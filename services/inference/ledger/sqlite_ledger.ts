import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { EvaluationRequest, EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import type {
  Evaluation,
  EvaluationEvent,
  EvaluationFilter,
  KeptAnswer,
  Ledger,
} from "./ledger.ts";
import { isDiskFull, ledgerReserve } from "../../../shared/volume/mod.ts";
import { createDiskReserve, type DiskReserve } from "../workspace/disk_reserve.ts";
import { migrate } from "./ledger_schema.ts";
import { createSqliteOutbox, postMessage } from "../webhooks/sqlite_outbox.ts";
import { createSqliteKeptWork } from "./sqlite_kept_work.ts";
import { createSqliteUses, noteUse } from "./sqlite_uses.ts";
import { canChange, isFinal } from "./state_machine.ts";
import { webhookMessage } from "../webhooks/webhook_message.ts";
import { statement } from "./statement.ts";

/** Space for the changes of a few thousand evaluations. */
const RESERVE_BYTES = 2 * 1024 * 1024;
/** SQLite's name for a database that is in no file: there is no disk to keep free for it. */
const IN_MEMORY = ":memory:";
const NO_RESERVE: DiskReserve = { hold: () => {}, giveUp: () => false };
/** How long to wait for a lock that a process which is just ending still holds, in milliseconds. */
const LOCK_WAIT_MS = 1000;

/**
 * Opens the ledger, alone: the lock goes with the process, however that ends.
 *
 * @param path of the database file; made when missing
 * @throws {Error} when another process has it, or it is of another version
 */
export function openSqliteLedger(path: string): Ledger {
  const database = openAlone(path);
  const reserve = path === IN_MEMORY
    ? NO_RESERVE
    : createDiskReserve(ledgerReserve(path), RESERVE_BYTES);
  reserve.hold();
  const watchers = new Map<string, Set<() => void>>();

  function row(id: string): Evaluation | null {
    const found = statement(database, "SELECT body FROM evaluations WHERE id = ?").get(id);
    return found === undefined ? null : JSON.parse(String(found["body"]));
  }

  function write(evaluation: Evaluation): void {
    statement(
      database,
      `INSERT INTO evaluations (id, status, model, dataset, version, body, device, priority)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, body = excluded.body`,
    ).run(
      evaluation.id,
      evaluation.status,
      evaluation.request.model,
      evaluation.request.dataset,
      evaluation.version,
      JSON.stringify(evaluation),
      evaluation.request.device,
      evaluation.request.priority,
    );
  }

  function note(id: string, type: EvaluationEvent["type"], data: Record<string, unknown>): void {
    statement(database, "INSERT INTO events (evaluation, type, data, at) VALUES (?, ?, ?, ?)")
      .run(id, type, JSON.stringify(data), new Date().toISOString());
  }

  function addAll(
    evaluations: readonly Evaluation[],
    kept?: { key: string; answer: KeptAnswer },
  ): void {
    reserve.hold();
    inTransaction(database, () => {
      for (const evaluation of evaluations) {
        write(evaluation);
        noteUse(database, evaluation);
        note(evaluation.id, "status", { status: evaluation.status });
      }
      if (kept !== undefined) keep(database, kept.key, kept.answer);
    });
  }

  /** What has happened must be written down, also on a full volume; what is new or mere progress waits. */
  function withReserve<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (!isDiskFull(error) || !reserve.giveUp()) throw error;
      return write();
    }
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
      if (versioned.status !== current?.status) {
        noteUse(database, versioned);
        const message = webhookMessage(versioned);
        if (message !== null) postMessage(database, message);
      }
      return versioned;
    });
    if (next !== null) announce(id);
    return next;
  }

  return {
    add: (evaluation, kept) => addAll([evaluation], kept),
    addAll,
    get: row,
    list: (filter) => list(database, filter),
    unfinished: () => unfinished(database),
    queued: (device, limit) => queued(database, device, limit),
    remove(id): boolean {
      const removed = withReserve(() =>
        inTransaction(database, () => {
          if (!isFinal(row(id)?.status ?? "queued")) return false;
          statement(database, "DELETE FROM kept_answers WHERE evaluation = ?").run(id);
          return statement(database, "DELETE FROM evaluations WHERE id = ?").run(id).changes === 1;
        })
      );
      if (removed) announce(id);
      return removed;
    },
    outbox: createSqliteOutbox(database),
    uses: createSqliteUses(database),
    work: {
      builds: createSqliteKeptWork(database, "build", withReserve),
      checks: createSqliteKeptWork(database, "check", withReserve),
    },
    change: (id, to, patch = {}) =>
      withReserve(() =>
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
        )
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
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
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
  try {
    migrate(database);
  } catch (cause) {
    database.close();
    throw new Error(`Cannot open the ledger ${path}: ${(cause as Error).message}`, { cause });
  }
  return database;
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isTransaction) database.exec("ROLLBACK");
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
  return statement(database, `SELECT body FROM evaluations ${where} ORDER BY id DESC LIMIT ?`)
    .all(...asked.map(([, value]) => value!), filter.limit)
    .map((row) => JSON.parse(String(row["body"])));
}

function unfinished(database: DatabaseSync): Evaluation[] {
  const open: EvaluationStatus[] = ["queued", "building", "running", "scoring"];
  return statement(
    database,
    `SELECT body FROM evaluations WHERE status IN (?, ?, ?, ?) ORDER BY id`,
  )
    .all(...open)
    .map((row) => JSON.parse(String(row["body"])));
}

function queued(
  database: DatabaseSync,
  device: EvaluationRequest["device"],
  limit: number,
): Evaluation[] {
  return statement(
    database,
    `SELECT body FROM evaluations WHERE status = 'queued' AND device = ?
     ORDER BY priority DESC, id LIMIT ?`,
  )
    .all(device, limit)
    .map((row) => JSON.parse(String(row["body"])));
}

function eventsAfter(database: DatabaseSync, id: string, after: number): EvaluationEvent[] {
  return statement(
    database,
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
  statement(
    database,
    "INSERT INTO kept_answers (key, fingerprint, evaluation, body, at) VALUES (?, ?, ?, ?, ?)",
  )
    .run(key, answer.fingerprint, answer.evaluation, answer.body, new Date().toISOString());
}

function keptAnswer(database: DatabaseSync, key: string): KeptAnswer | null {
  const row = statement(
    database,
    "SELECT fingerprint, evaluation, body FROM kept_answers WHERE key = ?",
  ).get(key);
  return row === undefined ? null : {
    fingerprint: String(row["fingerprint"]),
    evaluation: String(row["evaluation"]),
    body: String(row["body"]),
  };
}
