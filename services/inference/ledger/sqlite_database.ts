import { DatabaseSync, type StatementSync } from "node:sqlite";
import { MODES, setMode } from "../../../shared/volume/mod.ts";
import { migrate } from "./ledger_schema.ts";

/** How long to wait for the lock of a process that is just ending, in milliseconds. */
const LOCK_WAIT_MS = 1000;

/**
 * Opens a database exclusively, creates it if missing, and migrates it to the current schema.
 * @throws {Error} when another process has it open, it is damaged, or a later version wrote it
 */
export function openAlone(path: string): DatabaseSync {
  if (path !== ":memory:") closeFile(path);
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    database.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    );
    database.exec("PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; COMMIT;");
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(String(cause))) {
      const reason = `${(cause as Error).message}: ${LEDGER_ADVICE}`;
      throw new Error(`Cannot open the ledger ${path}: ${reason}`, { cause });
    }
    throw new Error(
      `Cannot open the ledger ${path}: another mammoeval uses this volume; ` +
        "set MAMMOEVAL_URL to use that one, or MAMMOEVAL_HOME to another volume",
      { cause },
    );
  }
  try {
    refuseDamaged(database);
    migrate(database);
    refuseDamagedRows(database);
  } catch (cause) {
    database.close();
    throw new Error(`Cannot open the ledger ${path}: ${(cause as Error).message}`, { cause });
  }
  return database;
}

/** Creates an empty file, which is a valid database, with a mode that SQLite's files beside it inherit. */
function closeFile(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: MODES.closedFile }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    setMode(path, MODES.closedFile);
  }
}

export const LEDGER_ADVICE =
  "restore it from a backup, or rebuild it from the results: deno task rebuild-ledger";

/** Checks every page now: otherwise a damaged page would surface in the middle of a run. */
function refuseDamaged(database: DatabaseSync): void {
  const [found] = database.prepare("PRAGMA quick_check(1)").all();
  const verdict = String(found?.["quick_check"]);
  if (verdict !== "ok") throw new Error(`it is damaged (${verdict.trim()}): ${LEDGER_ADVICE}`);
}

function refuseDamagedRows(database: DatabaseSync): void {
  const row = database.prepare("SELECT id FROM evaluations WHERE NOT json_valid(body) LIMIT 1")
    .get();
  if (row !== undefined) {
    throw new Error(`its row of evaluation ${row["id"]} is damaged: ${LEDGER_ADVICE}`);
  }
}

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
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

/** A transaction that a power cut may undo, for progress only: syncing to disk would block every request. */
export function inLooseTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("PRAGMA synchronous = NORMAL");
  try {
    return inTransaction(database, work);
  } finally {
    database.exec("PRAGMA synchronous = FULL");
  }
}

const known = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A cached prepared statement of one of a few dozen fixed texts; values are bound as parameters. */
export function statement(database: DatabaseSync, sql: string): StatementSync {
  const statements = known.get(database) ?? new Map<string, StatementSync>();
  known.set(database, statements);
  const found = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, found);
  return found;
}
