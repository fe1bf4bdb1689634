import type { DELIVERY_STATUSES } from "../../../shared/contracts/webhooks.ts";

/** State of a delivery. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One webhook message on its way. */
export interface Delivery {
  /** `webhook-id` of Standard Webhooks: the same for every attempt, so that a receiver knows repeats. */
  readonly id: string;
  readonly evaluation: string;
  readonly url: string;
  /** `evaluation.succeeded`, say. */
  readonly event: string;
  /** What is sent, JSON. */
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** When it is tried next, RFC 3339. */
  readonly nextAt: string;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

/** Webhook messages that were written down together with the change that they tell of. */
export interface Outbox {
  /** Those whose time has come, the longest overdue first. */
  due(now: string, limit: number): Delivery[];
  /** When the next one is due, or null when none is pending. */
  nextDue(): string | null;
  /** Deliveries of one evaluation, oldest first. */
  of(evaluation: string): Delivery[];
  update(
    id: string,
    patch: Partial<Pick<Delivery, "status" | "attempts" | "nextAt" | "lastError" | "deliveredAt">>,
  ): void;
  /** Nothing is sent to this receiver any more; what is pending for it is disabled. */
  disable(url: string): void;
  /** Makes a delivery pending again, and its receiver a living one. */
  renew(id: string, now: string): Delivery | null;
}
