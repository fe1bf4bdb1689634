import { z } from "@hono/zod-openapi";

/** What users who may not see the truth get of scores that were neither released nor withheld. */
export const RELEASE_POLICIES = ["open", "coarse", "owner"] as const;

/** What these users get: everything that reveals no single label, rounded values, or nothing. */
export const releasePolicy = z.enum(RELEASE_POLICIES).describe(
  "What callers who may not see the truth get: open, the report; coarse, values of two " +
    "digits; owner, nothing until an admin releases a score",
);

export type ReleasePolicy = (typeof RELEASE_POLICIES)[number];

/** How far a score is released. */
export type Released = "full" | "coarse" | "withheld";

/** `POST /v1/scores/{id}/release`. */
export const releaseRequest = z.strictObject({
  as: z.enum(["full", "coarse"]).describe(
    "coarse: values of two digits, without curves, plots, counts and subgroups",
  ),
}).openapi("ReleaseRequest");

/** How far a score is released now. */
export const releaseSchema = z.object({
  id: z.uuid(),
  released: z.enum(["full", "coarse", "withheld"]),
}).openapi("Release");

/** A score as shown to users from whom it is withheld. */
export const withheldScoreSchema = z.object({
  id: z.uuid(),
  status: z.literal("withheld"),
}).openapi("WithheldScore");

export type WithheldScore = z.infer<typeof withheldScoreSchema>;
