import type { Log } from "../../../shared/http/mod.ts";
import type { Delivery, Outbox } from "../ledger/outbox.ts";
import type { WebhookSender } from "./webhook_sender.ts";

/** Pauses before the second and each further attempt, in seconds (Standard Webhooks' schedule: 75 h in all). */
export const RETRY_PAUSES_S: readonly number[] = [
  5,
  300,
  1800,
  7200,
  18_000,
  36_000,
  50_400,
  72_000,
  86_400,
];

/** Random change of each pause, as a share, so that retries spread out. */
const JITTER = 0.2;
/** Interval for polling the outbox, in milliseconds. */
const LOOK_INTERVAL_MS = 1000;
/** Messages sent at the same time. */
const SENT_AT_ONCE_MAX = 8;
/** Characters of an error that are kept. */
const ERROR_CHARS_MAX = 300;

export interface DeliveryDependencies {
  readonly outbox: Outbox;
  readonly sender: WebhookSender;
  readonly log: Log;
  /** Pauses between attempts, in seconds. */
  readonly pausesS?: readonly number[];
}

export interface DeliveryWorker {
  wake(): void;
  /** Finishes current deliveries; the rest stays in the outbox. */
  stop(): Promise<void>;
}

/** Starts the worker. A message may arrive twice, with the same `webhook-id`, if a process ends in between. */
export function startDeliveryWorker(deps: DeliveryDependencies): DeliveryWorker {
  const { outbox, log } = deps;
  let underWay: Promise<void> | null = null;
  let open = true;

  async function carry(): Promise<void> {
    const due = outbox.due(new Date().toISOString(), SENT_AT_ONCE_MAX);
    await Promise.all(due.map((delivery) => deliver(delivery, deps)));
    if (due.length === SENT_AT_ONCE_MAX && open) await carry();
  }

  function wake(): void {
    if (!open || underWay !== null) return;
    underWay = carry()
      .catch((error) => log.error("webhooks could not be delivered", { error: String(error) }))
      .finally(() => underWay = null);
  }

  const looking = setInterval(wake, LOOK_INTERVAL_MS);
  wake();
  return {
    wake,
    async stop(): Promise<void> {
      open = false;
      clearInterval(looking);
      await underWay;
    },
  };
}

async function deliver(delivery: Delivery, deps: DeliveryDependencies): Promise<void> {
  const { outbox, sender, log } = deps;
  const attempts = delivery.attempts + 1;
  let problem: string;
  let retryAfterS: number | null = null;
  try {
    const answer = await sender.send(delivery);
    if (answer.status >= 200 && answer.status < 300) {
      const deliveredAt = new Date().toISOString();
      outbox.update(delivery.id, { status: "delivered", attempts, deliveredAt, lastError: null });
      return;
    }
    if (answer.status === 410) {
      log.warn("webhook receiver is gone: no more messages are sent to it", { url: delivery.url });
      outbox.update(delivery.id, { attempts, lastError: "the receiver answered 410" });
      outbox.disable(delivery.url);
      return;
    }
    problem = `the receiver answered ${answer.status}`;
    retryAfterS = answer.retryAfterS;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const lastError = problem.slice(0, ERROR_CHARS_MAX);
  const pauseS = pauseAfter(attempts, deps.pausesS ?? RETRY_PAUSES_S, Math.random());
  if (pauseS === null) {
    log.warn("webhook delivery abandoned", {
      delivery: delivery.id,
      url: delivery.url,
      error: lastError,
    });
    outbox.update(delivery.id, { status: "given_up", attempts, lastError });
    return;
  }
  const nextAt = new Date(Date.now() + Math.max(pauseS, retryAfterS ?? 0) * 1000).toISOString();
  outbox.update(delivery.id, { attempts, lastError, nextAt });
}

/** Seconds before the next attempt, with jitter from `random` in 0 to 1; null when there is none. */
export function pauseAfter(
  attempts: number,
  pausesS: readonly number[],
  random: number,
): number | null {
  const pause = pausesS[attempts - 1];
  return pause === undefined ? null : pause * (1 - JITTER + 2 * JITTER * random);
}
