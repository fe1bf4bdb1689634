import type { DatabaseSync, StatementSync } from "node:sqlite";

const known = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A cached prepared statement: SQLite parses each text once per database.
 * @param sql one of a few dozen fixed texts; variable values are bound as parameters
 */
export function statement(database: DatabaseSync, sql: string): StatementSync {
  const statements = known.get(database) ?? new Map<string, StatementSync>();
  known.set(database, statements);
  const found = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, found);
  return found;
}
