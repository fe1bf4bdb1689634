import { z } from "@hono/zod-openapi";

/** A confidence interval: lower and upper limit; null where it is undefined. */
export const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

/** Why something is missing. */
export const undefinedReason = z.string().nullable().describe(
  "Why the value or its interval is missing; null if neither is",
);

/** A number, or why there is none. */
export const estimateSchema = z.object({
  value: z.number().nullable(),
  undefined: undefinedReason,
});

/**
 * What a test says of a difference. No component of the document: the generator makes what is said of one
 * use of a component, a description or that it may be null, part of the component itself.
 */
export const testSchema = z.object({
  ci: intervalSchema,
  p: z.number().nullable().describe("Two-sided"),
  p_holm: z.number().nullable().describe(
    "The same, corrected by Holm for the number of pairs, within one metric and one test; " +
      "choose both before seeing the data",
  ),
  undefined: undefinedReason,
});

/** What a test says of a difference. */
export type DifferenceTest = z.infer<typeof testSchema>;

/** The same of a test with a normal deviate. */
export const zTestSchema = testSchema.extend({ z: z.number().nullable() });

/** What a z test says of a difference. */
export type ZTest = z.infer<typeof zTestSchema>;
