import type { DatabaseSync } from "node:sqlite";
import type { KeptWork } from "./kept_work.ts";

/**
 * @param database the ledger's
 * @param kind of work: `build` or `check`
 * @param written how a row is written: also on a full volume
 */
export function createSqliteKeptWork<T>(
  database: DatabaseSync,
  kind: "build" | "check",
  written: (write: () => void) => void,
): KeptWork<T> {
  return {
    get(model): T | null {
      const row = database.prepare("SELECT body FROM model_work WHERE kind = ? AND model = ?")
        .get(kind, model);
      return row === undefined ? null : JSON.parse(String(row["body"]));
    },
    put(model, state): void {
      written(() => {
        database.prepare(
          `INSERT INTO model_work (kind, model, body) VALUES (?, ?, ?)
           ON CONFLICT (kind, model) DO UPDATE SET body = excluded.body`,
        ).run(kind, model, JSON.stringify(state));
      });
    },
    all: () =>
      database.prepare("SELECT model, body FROM model_work WHERE kind = ? ORDER BY model")
        .all(kind)
        .map((row) => ({ model: String(row["model"]), state: JSON.parse(String(row["body"])) })),
  };
}
