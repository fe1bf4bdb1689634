import { z } from "@hono/zod-openapi";
import { DAYS_MAX } from "../limits.ts";

/** Labels by outcomes instead of labels as they are written. */
export const truthRuleRequest = z.strictObject({
  within_days: z.number().int().min(1).max(DAYS_MAX),
}).openapi("TruthRule", { example: { within_days: 730 } });
