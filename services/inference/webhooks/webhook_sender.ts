import type { Delivery } from "../ledger/outbox.ts";
import { Webhook } from "standardwebhooks";
import { readRetryAfter } from "../../../shared/retry_after.ts";

export interface WebhookAnswer {
  readonly status: number;
  /** Seconds to wait before a retry (`Retry-After`), or null. */
  readonly retryAfterS: number | null;
}

export interface WebhookSender {
  /** Why messages cannot go to an address: one sentence, or null when they can. */
  refusal(url: string): string | null;
  /** Sends a message once; throws when there is no answer. */
  send(delivery: Pick<Delivery, "id" | "url" | "body">): Promise<WebhookAnswer>;
}

interface HttpWebhookSenderOptions {
  /** `whsec_…`, with which receivers verify signatures; null if the site has none. */
  readonly secret: string | null;
  /** Allowed receivers, `host` or `host:port`. */
  readonly hosts: readonly string[];
}

/** Timeout of a receiver, in milliseconds (Standard Webhooks: 15 to 30 s). */
const ANSWER_MS = 20_000;

/**
 * Sends signed messages (Standard Webhooks) without following redirects to receivers that are not allowed.
 * @throws {RangeError} when the secret is invalid
 */
export function createHttpWebhookSender(options: HttpWebhookSenderOptions): WebhookSender {
  const signer = options.secret === null ? null : signerOf(options.secret);
  const allowed = new Set(options.hosts.map((host) => host.toLowerCase()));

  function refusal(text: string): string | null {
    if (signer === null) {
      return "webhook: this site has no signing secret: set MAMMOEVAL_WEBHOOK_SECRET";
    }
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return "webhook.url: must be http or https";
    }
    if (url.username !== "" || url.password !== "") {
      return "webhook.url: must not contain a user or password";
    }
    if (allowed.has(url.host) || (url.port === "" && allowed.has(url.hostname))) return null;
    return `webhook.url: ${url.host} is not an allowed receiver of this site ` +
      "(MAMMOEVAL_WEBHOOK_HOSTS): ask the data owner to add it";
  }

  return {
    refusal,
    async send({ id, url, body }): Promise<WebhookAnswer> {
      // The site may have removed the receiver since the message was posted.
      const reason = refusal(url);
      if (reason !== null || signer === null) throw new Error(reason ?? "there is no secret");
      const now = new Date();
      const response = await fetch(url, {
        method: "POST",
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          "content-type": "application/json",
          "user-agent": "mammoeval",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": signer.sign(id, now, body),
        },
      });
      await response.body?.cancel();
      const retryAfterS = readRetryAfter(response.headers.get("retry-after"), now);
      return { status: response.status, retryAfterS };
    },
  };
}

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (cause) {
    throw new RangeError(
      "Cannot use MAMMOEVAL_WEBHOOK_SECRET: must be whsec_ and 24 to 64 bytes in base64",
      { cause },
    );
  }
}
