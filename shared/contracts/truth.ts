import { z } from "@hono/zod-openapi";
import { DAYS_MAX } from "../limits.ts";

/** Labels derived from outcomes instead of the recorded labels. */
export const truthRuleRequest = z.strictObject({
  within_days: z.number().int().min(1).max(DAYS_MAX),
}).openapi("TruthRule", { example: { within_days: 730 } });
