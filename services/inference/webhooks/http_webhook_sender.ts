import { Webhook } from "standardwebhooks";
import { readRetryAfter } from "../../../shared/retry_after.ts";
import type { WebhookAnswer, WebhookSender } from "./webhook_sender.ts";

/** How messages leave the house. */
export interface HttpWebhookSenderOptions {
  /** `whsec_…`, what receivers verify the signature with; null where the site has none. */
  readonly secret: string | null;
  /** `host` or `host:port` of those that may be told; nobody else is. */
  readonly hosts: readonly string[];
}

/** A receiver that has not answered by then counts as silent, in milliseconds (Standard Webhooks: 15 to 30 s). */
const ANSWER_MS = 20_000;

/**
 * Sends messages by HTTP POST, signed as Standard Webhooks say. Redirects are not followed: they would
 * lead to where nobody has allowed it.
 *
 * @throws {RangeError} when the secret is none
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
      // The site may have taken a receiver off its list since the message was posted.
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
