import type { Delivery } from "./outbox.ts";

/** A receiver's answer. */
export interface WebhookAnswer {
  readonly status: number;
  /** Seconds to wait before a retry (`Retry-After`), or null. */
  readonly retryAfterS: number | null;
}

/** Sends webhook messages. */
export interface WebhookSender {
  /** Why messages cannot go to an address: one sentence, or null when they can. */
  refusal(url: string): string | null;
  /** Sends a message once; throws when there is no answer. */
  send(delivery: Pick<Delivery, "id" | "url" | "body">): Promise<WebhookAnswer>;
}
