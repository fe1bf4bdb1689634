import { z } from "@hono/zod-openapi";

/** A confidence interval (lower, upper); null if undefined. */
export const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

/** Why a value is missing. */
export const undefinedReason = z.string().nullable().describe(
  "Why the value or its interval is missing; null if neither is",
);

/** A number, or the reason why it is missing. */
export const estimateSchema = z.object({
  value: z.number().nullable(),
  undefined: undefinedReason,
});

/** A test of a difference. No OpenAPI component: it would take the description and nullability of one use. */
export const testSchema = z.object({
  ci: intervalSchema,
  p: z.number().nullable().describe("Two-sided"),
  p_holm: z.number().nullable().describe(
    "The same, corrected by Holm for the number of pairs, within one metric and one test; " +
      "choose both before seeing the data",
  ),
  undefined: undefinedReason,
});

export type DifferenceTest = z.infer<typeof testSchema>;

/** Result of a test with a z statistic. */
export const zTestSchema = testSchema.extend({ z: z.number().nullable() });

export type ZTest = z.infer<typeof zTestSchema>;
