import { z } from "@hono/zod-openapi";
import {
  BOOTSTRAP_REPLICATES_DEFAULT,
  BOOTSTRAP_REPLICATES_MAX,
  OPERATING_POINTS_MAX,
} from "../limits.ts";
import { chosenThresholdRequest, givenThresholdRequest } from "./thresholds.ts";

export const BOOTSTRAP_METHODS = ["percentile", "bca"] as const;

/** How to compute intervals: `false` for none, `true` for the defaults. */
export const bootstrapRequest = z.union([
  z.boolean(),
  z.strictObject({
    replicates: z.number().int().min(100).max(BOOTSTRAP_REPLICATES_MAX).default(
      BOOTSTRAP_REPLICATES_DEFAULT,
    ).describe("At least 20 / (1 - confidence): 400 for 0.95, 2000 for 0.99"),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    confidence: z.number().min(0.5).max(0.999).default(0.95),
    method: z.enum(BOOTSTRAP_METHODS).default("bca").describe(
      "bca corrects bias and skewness (Efron 1987); percentile is what the metarepository does",
    ),
    stratified: z.boolean().default(false).describe(
      "Draw within each class, so every replicate has the sample's number of positives " +
        "(exams: of exams with a positive)",
    ),
  }).superRefine(({ replicates, confidence }, context) => {
    const least = replicatesLeast(confidence);
    if (replicates >= least) return;
    context.addIssue({
      code: "custom",
      path: ["replicates"],
      message:
        `is ${replicates}: a confidence of ${confidence} needs at least ${least} replicates, so ` +
        "that ten lie beyond each limit; raise replicates or lower confidence",
    });
  }),
]);

/** Fewest replicates beyond the two limits of an interval together: with fewer the limits are too noisy. */
const REPLICATES_BEYOND = 20;

function replicatesLeast(confidence: number): number {
  // In floating point 20 / (1 - 0.95) is slightly more than 400.
  return Math.ceil(REPLICATES_BEYOND / (1 - confidence) - 1e-6);
}

export type BootstrapRequest = z.infer<typeof bootstrapRequest>;

const NO_SHARE = "must be a share from 0 to 1, for example 0.9";
const share = z.number().min(0, NO_SHARE).max(1, NO_SHARE);

/** A sensitivity or specificity to reach, a threshold, or one chosen on some women and reported on the others. */
export const operatingPointRequest = z.union([
  z.strictObject({ sensitivity: share }),
  z.strictObject({ specificity: share }),
  z.strictObject({ threshold: z.number() }),
  givenThresholdRequest.transform((given) => ({
    threshold: typeof given === "number" ? given : given.value,
  })),
  chosenThresholdRequest,
], {
  error:
    'must be a threshold, {"sensitivity": share}, {"specificity": share}, {"threshold": score} or ' +
    "{target, tune}",
}).openapi("OperatingPointRequest", { example: { specificity: 0.9 } });

export type OperatingPointRequest = z.infer<typeof operatingPointRequest>;

export const OPERATING_POINTS_DEFAULT: readonly OperatingPointRequest[] = [
  { sensitivity: 0.9 },
  { specificity: 0.9 },
];

/** Requested operating points of a report. */
export const operatingPointsRequest = z.array(operatingPointRequest).max(OPERATING_POINTS_MAX)
  .default([...OPERATING_POINTS_DEFAULT]);

const NO_PREVALENCE =
  "must be a share of exams between 0 and 1, for example 0.006 for six in a thousand";

/** Share of exams with cancer in the intended population; null leaves the sample as it is. */
export const prevalenceRequest = z.number().gt(0, NO_PREVALENCE).lt(1, NO_PREVALENCE)
  .nullable().default(null).describe(
    "Share of exams with cancer in the intended population, for example 0.006: predictive values, recall " +
      "rate and detection rate are also re-weighted to it",
  );
