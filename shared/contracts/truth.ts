import { z } from "@hono/zod-openapi";
import type { TruthRule } from "../domain/mod.ts";
import { DAYS_MAX, HORIZONS_MAX } from "../limits.ts";

const days = z.number().int().min(1).max(DAYS_MAX);

/** Labels derived from outcomes instead of the recorded labels. */
export const truthRuleRequest = z.strictObject({ within_days: days })
  .openapi("TruthRule", { example: { within_days: 730 } });

/** The same at one or several horizons. */
export const truthRulesRequest = z.strictObject({
  within_days: z.union([days, z.array(days).min(1).max(HORIZONS_MAX)], {
    error: `must be a number of days, or at most ${HORIZONS_MAX} of them`,
  }),
}).openapi("TruthRules", { example: { within_days: [365, 730] } }).nullable().default(null)
  .describe(
    "Labels by outcomes: positive is a cancer within so many days, negative is so long a follow-up " +
      "without one, all others are left out and counted. The first horizon labels the report, each " +
      "has a row in `horizons`; null: the labels of the list",
  );

export type TruthRulesRequest = z.infer<typeof truthRulesRequest>;

/** Returns the distinct horizons of a request in days, as given; empty for the labels of the list. */
export function horizonsOf(rule: TruthRulesRequest): readonly number[] {
  return rule === null ? [] : [...new Set([rule.within_days].flat())];
}

/** Returns the rule that labels the exams of a score; null for the labels of its list. */
export function truthRuleOf(
  { provenance }: { readonly provenance: Readonly<Record<string, unknown>> },
): TruthRule | null {
  const noted = z.looseObject({ within_days: days }).safeParse(provenance["truth"]);
  return noted.success ? { within_days: noted.data.within_days } : null;
}
