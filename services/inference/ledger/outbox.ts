import type { DELIVERY_STATUSES } from "../../../shared/contracts/webhooks.ts";
import type { DatabaseSync } from "node:sqlite";
import { statement } from "./sqlite_database.ts";

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export interface Delivery {
  /** `webhook-id` of Standard Webhooks: the same for every attempt, so that a receiver detects repeats. */
  readonly id: string;
  readonly evaluation: string;
  readonly url: string;
  /** Event type, such as `evaluation.succeeded`. */
  readonly event: string;
  /** JSON. */
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** Time of the next attempt, RFC 3339. */
  readonly nextAt: string;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

/** Webhook messages, stored in the same transaction as the change that they report. */
export interface Outbox {
  /** Messages that are due, longest overdue first. */
  due(now: string, limit: number): Delivery[];
  /** Due time of the next message, or null when none is pending. */
  nextDue(): string | null;
  /** Deliveries of one evaluation, oldest first. */
  of(evaluation: string): Delivery[];
  update(
    id: string,
    patch: Partial<Pick<Delivery, "status" | "attempts" | "nextAt" | "lastError" | "deliveredAt">>,
  ): void;
  /** Stops sending to a receiver and disables its pending messages. */
  disable(url: string): void;
  /** Makes a delivery pending again and re-enables its receiver. */
  renew(id: string, now: string): Delivery | null;
}

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
