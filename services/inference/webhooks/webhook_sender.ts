import type { Delivery } from "./outbox.ts";

/** What a receiver has answered. */
export interface WebhookAnswer {
  readonly status: number;
  /** Seconds that it asks to be left alone (`Retry-After`), or null. */
  readonly retryAfterS: number | null;
}

/** Sends webhook messages. */
export interface WebhookSender {
  /**
   * Says why messages cannot go to an address.
   *
   * @returns one sentence, or null when they can
   */
  refusal(url: string): string | null;
  /**
   * Sends a message once.
   *
   * @throws {Error} when there is no answer
   */
  send(delivery: Pick<Delivery, "id" | "url" | "body">): Promise<WebhookAnswer>;
}
