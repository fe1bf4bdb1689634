import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { deliveryListSchema, deliverySchema } from "../../../shared/contracts/webhooks.ts";
import type { DeliveryRecord } from "../../../shared/contracts/webhooks.ts";
import { evaluationId } from "../../../shared/contracts/parameters.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import type { Delivery } from "../ledger/outbox.ts";
import { find } from "./evaluations.ts";

const route = routesOf("evaluations");

const listRoute = route("get", "/v1/evaluations/{id}/webhooks", "listWebhookDeliveries", {
  summary: "The webhook messages of an evaluation and their delivery state",
  description: "Attempts, next attempt, and last answer of the receiver.",
  request: { params: z.object({ id: evaluationId }) },
  responses: {
    200: jsonAnswer(deliveryListSchema, "All messages, oldest first"),
    ...problems("not_found"),
  },
});

const redeliverRoute = route(
  "post",
  "/v1/evaluations/{id}/webhooks/{delivery}/redeliver",
  "redeliverWebhook",
  {
    summary: "Send a message again in any state; a receiver that was marked as gone is used again",
    description: "For a receiver that lost a message or was unavailable for too long.",
    request: {
      params: z.object({ id: evaluationId, delivery: z.string().describe("Id of the message") }),
    },
    responses: {
      202: jsonAnswer(deliverySchema, "The message is queued again"),
      ...problems("not_found"),
    },
  },
);

export function addWebhookRoutes(app: ServiceApp, deps: InferenceDependencies): void {
  const { outbox } = deps.ledger;
  app.openapi(listRoute, (c) => {
    const { id } = find(c.req.valid("param").id, c.get("caller"), deps);
    return c.json({ items: outbox.of(id).map(shown) }, 200);
  });
  app.openapi(redeliverRoute, (c) => {
    const { id, delivery } = c.req.valid("param");
    const evaluation = find(id, c.get("caller"), deps);
    const known = outbox.of(evaluation.id).some((other) => other.id === delivery);
    const renewed = known ? outbox.renew(delivery, new Date().toISOString()) : null;
    if (renewed === null) {
      throw new Problem("not_found", `Evaluation ${id} has no webhook message ${delivery}`);
    }
    deps.deliveries.wake();
    return c.json(shown(renewed), 202);
  });
}

function shown(delivery: Delivery): DeliveryRecord {
  const { id, event, url, status, attempts, nextAt, lastError, createdAt, deliveredAt } = delivery;
  return {
    id,
    event,
    url,
    status,
    attempts,
    next_at: status === "pending" ? nextAt : null,
    last_error: lastError,
    created_at: createdAt,
    delivered_at: deliveredAt,
  };
}
