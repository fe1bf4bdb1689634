import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, moment, problemAnswer } from "../../../shared/contracts/common.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";
import { type Delivery, DELIVERY_STATUSES } from "../webhooks/outbox.ts";
import { find } from "./evaluations.ts";

const deliverySchema = z.object({
  id: z.string(),
  event: z.string(),
  url: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.number().int(),
  next_at: moment.nullable(),
  last_error: z.string().nullable(),
  created_at: moment,
  delivered_at: moment.nullable(),
}).openapi("WebhookDelivery");

const listRoute = createRoute({
  method: "get",
  path: "/v1/evaluations/{id}/webhooks",
  summary: "The webhook messages of an evaluation, and what became of them",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: jsonAnswer(z.object({ items: z.array(deliverySchema) }), "All messages, oldest first"),
    default: problemAnswer,
  },
});

const redeliverRoute = createRoute({
  method: "post",
  path: "/v1/evaluations/{id}/webhooks/{delivery}/redeliver",
  summary: "Send a message again, whatever became of it; a receiver that was gone counts as back",
  request: { params: z.object({ id: z.string(), delivery: z.string() }) },
  responses: {
    202: jsonAnswer(deliverySchema, "The message is on its way again"),
    default: problemAnswer,
  },
});

/**
 * Hangs the webhook messages of evaluations on an app.
 *
 * @param app the service's app
 * @param deps with the ledger's outbox and the courier
 */
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
    deps.courier.kick();
    return c.json(shown(renewed), 202);
  });
}

function shown(delivery: Delivery): z.infer<typeof deliverySchema> {
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
