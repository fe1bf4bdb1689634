import type { DELIVERY_STATUSES } from "../../../shared/contracts/webhooks.ts";

/** State of a delivery. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One webhook message. */
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
