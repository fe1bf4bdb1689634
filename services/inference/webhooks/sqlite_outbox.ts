import type { DatabaseSync } from "node:sqlite";
import type { Delivery, DeliveryStatus, Outbox } from "./outbox.ts";
import { statement } from "../ledger/statement.ts";

/** The outbox in the ledger's database. */
export function createSqliteOutbox(database: DatabaseSync): Outbox {
  const update: Outbox["update"] = (id, patch) => {
    const entries = Object.entries(patch).map(([name, value]) => [COLUMNS[name]!, value] as const);
    if (entries.length === 0) return;
    statement(
      database,
      `UPDATE deliveries SET ${entries.map(([column]) => `${column} = ?`).join(", ")} WHERE id = ?`,
    ).run(...entries.map(([, value]) => value), id);
  };
  return {
    due: (now, limit) =>
      statement(
        database,
        "SELECT * FROM deliveries WHERE status = 'pending' AND next_at <= ? ORDER BY next_at LIMIT ?",
      ).all(now, limit).map(deliveryOf),
    nextDue(): string | null {
      const row = statement(
        database,
        "SELECT min(next_at) AS next FROM deliveries WHERE status = 'pending'",
      ).get();
      return row?.["next"] === null || row === undefined ? null : String(row["next"]);
    },
    of: (evaluation) =>
      statement(database, "SELECT * FROM deliveries WHERE evaluation = ? ORDER BY id").all(
        evaluation,
      )
        .map(deliveryOf),
    update,
    disable(url): void {
      statement(database, "INSERT OR IGNORE INTO gone_receivers (url, since) VALUES (?, ?)")
        .run(url, new Date().toISOString());
      statement(
        database,
        "UPDATE deliveries SET status = 'disabled' WHERE url = ? AND status = 'pending'",
      ).run(url);
    },
    renew(id, now): Delivery | null {
      const row = statement(database, "SELECT * FROM deliveries WHERE id = ?").get(id);
      if (row === undefined) return null;
      statement(database, "DELETE FROM gone_receivers WHERE url = ?").run(String(row["url"]));
      update(id, { status: "pending", attempts: 0, nextAt: now, lastError: null });
      return deliveryOf(statement(database, "SELECT * FROM deliveries WHERE id = ?").get(id)!);
    },
  };
}

/** Columns that may change. */
const COLUMNS: Readonly<Record<string, string>> = {
  status: "status",
  attempts: "attempts",
  nextAt: "next_at",
  lastError: "last_error",
  deliveredAt: "delivered_at",
};

/** Adds a message; call it in the transaction of the change that it reports. */
export function postMessage(
  database: DatabaseSync,
  message: Pick<Delivery, "id" | "evaluation" | "url" | "event" | "body">,
): void {
  const now = new Date().toISOString();
  const gone = statement(database, "SELECT 1 FROM gone_receivers WHERE url = ?").get(message.url);
  statement(
    database,
    `INSERT INTO deliveries (id, evaluation, url, event, body, status, attempts, next_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`,
  ).run(
    message.id,
    message.evaluation,
    message.url,
    message.event,
    message.body,
    gone === undefined ? "pending" : "disabled",
    now,
    now,
  );
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  const text = (name: string): string | null => row[name] === null ? null : String(row[name]);
  return {
    id: String(row["id"]),
    evaluation: String(row["evaluation"]),
    url: String(row["url"]),
    event: String(row["event"]),
    body: String(row["body"]),
    status: row["status"] as DeliveryStatus,
    attempts: Number(row["attempts"]),
    nextAt: String(row["next_at"]),
    lastError: text("last_error"),
    createdAt: String(row["created_at"]),
    deliveredAt: text("delivered_at"),
  };
}
