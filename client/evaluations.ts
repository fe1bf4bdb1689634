import type { z } from "@hono/zod-openapi";
import type {
  evaluationBatchRequest,
  evaluationBatchSchema,
  evaluationNotesRequest,
  evaluationOrder,
  EvaluationRecord,
  evaluationsQuery,
  outputListSchema,
  progressEventSchema,
  statusEventSchema,
} from "../shared/contracts/evaluations.ts";
import type { DeliveryRecord } from "../shared/contracts/webhooks.ts";
import { linesOf, readEvents } from "./event_stream.ts";
import { follow, patiently, SILENCE_MS_MAX, textsOf } from "./follow.ts";
import { path, Resource, waiting } from "./transport.ts";
import type { CallOptions, WaitOptions } from "./transport.ts";

/** An evaluation to submit: a model by its name or a private image, on a dataset. */
export type EvaluationOrder = z.input<typeof evaluationOrder>;

/** Every one of several models on every one of several datasets. */
export type BatchOrder = z.input<typeof evaluationBatchRequest>;

export type EvaluationEvent =
  | {
    /** Sequence number of the event, for {@link EventOptions.after}. */
    readonly id: number;
    readonly type: "status";
    readonly data: z.infer<typeof statusEventSchema>;
  }
  | {
    readonly id: number;
    readonly type: "progress";
    readonly data: z.infer<typeof progressEventSchema>;
  };

/** Options of submissions. */
export interface SubmitOptions extends CallOptions {
  /** A request with the same key runs once. By default each call has its own key, so that retries are safe. */
  readonly idempotencyKey?: string | undefined;
}

export interface EventOptions extends CallOptions {
  /** Last event already received; default 0: all events. */
  readonly after?: number | undefined;
}

/** How long one request of {@link Evaluations.waitForEnd} may be held, in seconds: below the timeout of proxies. */
const HOLD_S = 30;
const FINAL: readonly string[] = ["succeeded", "failed", "cancelled"];

/** `/v1/evaluations`: runs of models on datasets. */
export class Evaluations extends Resource {
  /** Submits an evaluation. Returns it queued, or finished if it ends within `waitSeconds`. */
  async submit(
    order: EvaluationOrder,
    options: SubmitOptions & WaitOptions = {},
  ): Promise<EvaluationRecord> {
    const headers = { ...waiting(options), ...keyOf(options) };
    return await this.api.json(
      { path: "/v1/evaluations", headers, body: order, repeatable: true },
      options,
    );
  }

  /** Submits evaluations of several models on several datasets: all are queued, or none. */
  async submitBatch(order: BatchOrder, options: SubmitOptions = {}): Promise<EvaluationRecord[]> {
    const headers = keyOf(options);
    const { items } = await this.api.json<z.infer<typeof evaluationBatchSchema>>(
      { path: "/v1/evaluations/batch", headers, body: order, repeatable: true },
      options,
    );
    return items;
  }

  /** Returns an evaluation as it is now, or finished if it ends within `waitSeconds`. */
  async get(id: string, options: WaitOptions = {}): Promise<EvaluationRecord> {
    const order = { path: path`/v1/evaluations/${id}`, headers: waiting(options) };
    return await this.api.json(order, options);
  }

  /** Yields evaluations, newest first. */
  list(
    query: z.input<typeof evaluationsQuery> = {},
    options: CallOptions = {},
  ): AsyncGenerator<EvaluationRecord, void, undefined> {
    return this.api.items("/v1/evaluations", query, options);
  }

  /** Names an evaluation, or notes something about it; null removes either. */
  async annotate(
    id: string,
    notes: z.input<typeof evaluationNotesRequest>,
    options: CallOptions = {},
  ): Promise<EvaluationRecord> {
    const order = { path: path`/v1/evaluations/${id}`, body: notes, repeatable: true };
    return await this.api.json({ method: "PATCH", ...order }, options);
  }

  /** Cancels an evaluation; a finished one stays as it is. */
  async cancel(id: string, options: CallOptions = {}): Promise<EvaluationRecord> {
    const order = { path: path`/v1/evaluations/${id}/cancel`, repeatable: true };
    return await this.api.json({ method: "POST", ...order }, options);
  }

  /** Deletes a finished evaluation with its files and its score. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.api.send({ method: "DELETE", path: path`/v1/evaluations/${id}` }, options);
  }

  /** Waits until an evaluation has finished, even across restarts of the service. */
  async waitForEnd(id: string, options: CallOptions = {}): Promise<EvaluationRecord> {
    while (true) {
      const evaluation = await patiently(
        (inTime) => this.get(id, { ...inTime, waitSeconds: HOLD_S }),
        { ...this.api, holdMs: HOLD_S * 1000 },
        options,
      );
      if (evaluation.finished_at !== null) return evaluation;
    }
  }

  /** Yields the events of an evaluation in order, each once, until it has finished, across broken connections. */
  async *events(
    id: string,
    options: EventOptions = {},
  ): AsyncGenerator<EvaluationEvent, void, undefined> {
    let last = options.after ?? 0;
    const open = async (inTime: CallOptions): Promise<AsyncIterable<EvaluationEvent>> => {
      const headers = { "last-event-id": last === 0 ? undefined : String(last) };
      const order = { path: path`/v1/evaluations/${id}/events`, headers };
      const answer = await this.api.send(order, inTime);
      return eventsOf(textsOf(answer, this.api.url, SILENCE_MS_MAX, options));
    };
    const followed = { open, isOver: (inTime: CallOptions) => this.#isOver(id, inTime) };
    for await (const event of follow(followed, this.api, options)) {
      if (event.id <= last) continue;
      last = event.id;
      yield event;
      if (event.type === "status" && FINAL.includes(event.data.status)) return;
    }
  }

  /** The output of the image build and the container; of its end, with `tailBytes`. */
  async log(
    id: string,
    options: CallOptions & { readonly tailBytes?: number | undefined } = {},
  ): Promise<string> {
    const order = { path: path`/v1/evaluations/${id}/log`, query: { tail: options.tailBytes } };
    return await this.api.text(order, options);
  }

  /** Yields the log's lines from its beginning until the evaluation has finished, across broken connections. */
  async *followLog(id: string, options: CallOptions = {}): AsyncGenerator<string, void, undefined> {
    let seen = 0;
    const open = async (inTime: CallOptions): Promise<AsyncIterable<string>> => {
      const order = { path: path`/v1/evaluations/${id}/log`, query: { follow: "true" } };
      const answer = await this.api.send(order, inTime);
      return behind(linesOf(textsOf(answer, this.api.url, null, options)), seen);
    };
    const followed = { open, isOver: (inTime: CallOptions) => this.#isOver(id, inTime) };
    for await (const line of follow(followed, this.api, options)) {
      seen++;
      yield line;
    }
  }

  /** Returns the predictions CSV as the model wrote it: `.text()`, or `.body` to stream. */
  async predictions(id: string, options: CallOptions = {}): Promise<Response> {
    return await this.api.send({ path: path`/v1/evaluations/${id}/predictions.csv` }, options);
  }

  /** Lists the lesions and saliency maps that the model wrote; requires access to the truth. */
  async outputs(id: string, options: CallOptions = {}): Promise<z.infer<typeof outputListSchema>> {
    return await this.api.json({ path: path`/v1/evaluations/${id}/outputs` }, options);
  }

  /** Returns one file of {@link Evaluations.outputs}, CSV or PNG. */
  async output(id: string, file: string, options: CallOptions = {}): Promise<Response> {
    const order = { path: path`/v1/evaluations/${id}/outputs`, query: { file } };
    return await this.api.send(order, options);
  }

  /** Yields the webhook messages of an evaluation with their delivery status, oldest first. */
  webhooks(id: string, options: CallOptions = {}): AsyncGenerator<DeliveryRecord, void, undefined> {
    return this.api.items(path`/v1/evaluations/${id}/webhooks`, {}, options);
  }

  /** Sends a webhook message again, whatever its status. */
  async redeliver(
    id: string,
    delivery: string,
    options: CallOptions = {},
  ): Promise<DeliveryRecord> {
    const order = { path: path`/v1/evaluations/${id}/webhooks/${delivery}/redeliver` };
    return await this.api.json({ method: "POST", ...order }, options);
  }

  async #isOver(id: string, options: CallOptions): Promise<boolean> {
    return (await this.get(id, options)).finished_at !== null;
  }
}

function keyOf({ idempotencyKey }: SubmitOptions): { "idempotency-key": string } {
  return { "idempotency-key": idempotencyKey ?? randomKey() };
}

/** Browsers offer randomUUID only on HTTPS pages. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Skips unknown events, which a later service may send. */
async function* eventsOf(
  texts: AsyncIterable<string>,
): AsyncGenerator<EvaluationEvent, void, undefined> {
  for await (const { event, data, id } of readEvents(texts)) {
    if (event !== "status" && event !== "progress") continue;
    yield { id: Number(id), type: event, data: JSON.parse(data) };
  }
}

async function* behind<T>(
  items: AsyncIterable<T>,
  count: number,
): AsyncGenerator<T, void, undefined> {
  let index = 0;
  for await (const item of items) {
    if (index++ >= count) yield item;
  }
}
