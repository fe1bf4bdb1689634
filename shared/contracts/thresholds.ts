import { z } from "@hono/zod-openapi";

const share = z.number().min(0).max(1);
const seed = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1);

const target = z.strictObject({
  recall_rate: share.optional(),
  specificity: share.optional(),
  sensitivity: share.optional(),
  readers_recall: z.literal(true).optional(),
}).refine((given) => Object.values(given).filter((one) => one !== undefined).length === 1, {
  message: "must name exactly one of recall_rate, specificity, sensitivity, readers_recall",
});

const tune = z.union([
  z.strictObject({
    share: z.number().gt(0).lt(1).describe("Share of the women"),
    seed,
    stratify_by: z.string().min(1).max(256).nullable().default(null).describe(
      "Key of the exams: women are drawn within its groups, each with its own threshold",
    ),
  }),
  z.strictObject({ score: z.uuid().describe("Last year's exams, say") }),
  z.strictObject({ cross_fit: z.number().int().min(2).max(20), seed }),
], { error: "must be {share, seed, stratify_by}, {score} or {cross_fit}" });

/** A threshold, or how to choose it on some women and apply it to others. A number means `{"value": number}`. */
export const thresholdRequest = z.union([
  z.number(),
  z.strictObject({ value: z.number() }),
  z.strictObject({ target, tune }),
], { error: "must be a number, {value} or {target, tune}" }).openapi("ThresholdRequest", {
  example: { target: { recall_rate: 0.03 }, tune: { share: 0.3, seed: 1 } },
});

/** A threshold, or how to choose it. */
export type ThresholdRequest = z.infer<typeof thresholdRequest>;

/** A threshold that is chosen to reach a target. */
export type ChosenThreshold = Extract<ThresholdRequest, { readonly target: unknown }>;
