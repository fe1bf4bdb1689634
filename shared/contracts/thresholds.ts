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

/** The women that something is chosen or fitted on. */
export const tuneRequest = z.union([
  z.strictObject({
    share: z.number().gt(0).lt(1).describe("Share of the women"),
    seed,
    stratify_by: z.string().min(1).max(256).nullable().default(null).describe(
      "Key of the exams: women are drawn within its groups, each with its own threshold",
    ),
  }),
  z.strictObject({ score: z.uuid().describe("For example last year's exams") }),
  z.strictObject({ cross_fit: z.number().int().min(2).max(20), seed }),
], { error: "must be {share, seed, stratify_by}, {score} or {cross_fit}" });

/** A threshold that is given. */
export const givenThresholdRequest = z.union([z.number(), z.strictObject({ value: z.number() })]);

/** A threshold that is chosen on some women and applied to others. */
export const chosenThresholdRequest = z.strictObject({ target, tune: tuneRequest });

/** A threshold, or how to choose it on some women and apply it to others. A number means `{"value": number}`. */
export const thresholdRequest = z.union([givenThresholdRequest, chosenThresholdRequest], {
  error: "must be a number, {value} or {target, tune}",
}).openapi("ThresholdRequest", {
  example: { target: { recall_rate: 0.03 }, tune: { share: 0.3, seed: 1 } },
});

export type ThresholdRequest = z.infer<typeof thresholdRequest>;

export type ChosenThreshold = z.infer<typeof chosenThresholdRequest>;

const count = z.number().int().nonnegative();

/** A threshold that was chosen on some women, and what to expect of it on others. */
export const chosenThresholdSchema = z.object({
  part: z.string().nullable().describe("Group or part that it is used for"),
  threshold: z.number(),
  chosen_on: z.object({ exams: count, cancers: count }),
  specificity_to_expect: z.tuple([z.number(), z.number()]).nullable().describe(
    "95 in 100 sets of as many women give a threshold whose specificity lies here; null with weights",
  ),
  tolerance: z.object({
    below: count.describe("Exams without cancer below the threshold"),
    of: count.describe("Exams without cancer"),
    confidence: z.number(),
    low: z.number(),
    median: z.number(),
    high: z.number(),
    mean: z.number(),
    one_sided_low: z.number(),
    reaches_target: z.number().nullable().describe(
      "Probability that the specificity on other women is at least the target",
    ),
  }).nullable().describe("Distribution of the specificity on other women: Beta(k, n - k + 1)"),
}).openapi("ChosenThreshold");

export type ChosenThresholdReport = z.infer<typeof chosenThresholdSchema>;

/** Fields of an operating point whose threshold was chosen on other samples than those that it reports. */
export const tunedPointShape = {
  chosen: z.array(chosenThresholdSchema).optional().describe(
    "Thresholds, and the women that each was chosen on, who are not reported. Absent for other points; callers who may " +
      "not see the truth do not get such a point",
  ),
  reported: z.number().int().optional().describe("Samples that the point reports"),
};

/** Score IDs that thresholds, or anything else, are to be tuned on. */
export function tuningScores(requests: readonly unknown[]): string[] {
  const tunes = requests.flatMap((one) =>
    typeof one === "object" && one !== null && "tune" in one ? [one.tune] : []
  );
  const ids = tunes.flatMap((tune) =>
    typeof tune === "object" && tune !== null && "score" in tune ? [String(tune.score)] : []
  );
  return [...new Set(ids)];
}
