import { v7 as uuidv7 } from "uuid";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Delivery } from "./outbox.ts";

/**
 * Writes the message that an evaluation's webhook gets for the state that it has now come to: small,
 * without results or log lines, since it may leave the house.
 *
 * @param evaluation as it is now
 * @returns the message, or null when nobody asked to be told
 */
export function webhookMessage(
  evaluation: Evaluation,
): Pick<Delivery, "id" | "evaluation" | "url" | "event" | "body"> | null {
  const { id, request, status, error, score } = evaluation;
  const { webhook } = request;
  if (webhook === undefined || !(webhook.events as readonly string[]).includes(status)) return null;
  const event = `evaluation.${status}`;
  const body = {
    type: event,
    timestamp: new Date().toISOString(),
    data: {
      id,
      model: request.model,
      experiment: request.experiment,
      dataset: request.dataset,
      status,
      error: error?.type ?? null,
      evaluation: `/v1/evaluations/${id}`,
      score: score === null ? null : `/v1/scores/${score}`,
    },
  };
  return {
    id: `msg_${uuidv7()}`,
    evaluation: id,
    url: webhook.url,
    event,
    body: JSON.stringify(body),
  };
}
