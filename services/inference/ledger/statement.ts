import type { DatabaseSync, StatementSync } from "node:sqlite";

const known = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * A statement that is ready to run: SQLite reads each text once for a database, not at every request.
 *
 * @param sql its text, of which a program has a few dozen; what differs from call to call is a parameter
 */
export function statement(database: DatabaseSync, sql: string): StatementSync {
  const statements = known.get(database) ?? new Map<string, StatementSync>();
  known.set(database, statements);
  const found = statements.get(sql) ?? database.prepare(sql);
  statements.set(sql, found);
  return found;
}
