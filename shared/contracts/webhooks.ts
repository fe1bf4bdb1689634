import { z } from "@hono/zod-openapi";
import { moment } from "./common.ts";

export const DELIVERY_STATUSES = ["pending", "delivered", "given_up", "disabled"] as const;

/** A webhook message in the API. */
export const deliverySchema = z.object({
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

export type DeliveryRecord = z.infer<typeof deliverySchema>;

/** The webhook messages of an evaluation. */
export const deliveryListSchema = z.object({ items: z.array(deliverySchema) });
