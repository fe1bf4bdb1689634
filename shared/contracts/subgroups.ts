import { z } from "@hono/zod-openapi";
import { SUBGROUP_BINS_MAX, SUBGROUP_KEYS_MAX } from "../limits.ts";

const keyName = z.string().min(1).max(256);

const binLimits = z.array(z.number()).min(1).max(SUBGROUP_BINS_MAX).refine(
  (limits) => limits.every((limit, at) => at === 0 || limit > limits[at - 1]!),
  "must ascend",
);

export const subgroupKeyRequest: z.ZodType<SubgroupKey, SubgroupKeyName> = z.union([
  keyName.transform((key): SubgroupKey => ({ key, bins: null, negatives: "own" })),
  z.strictObject({
    key: keyName,
    bins: binLimits.nullable().default(null).describe(
      "Lower limits of all bins except the lowest: [50,60] means < 50, 50 to < 60, ≥ 60",
    ),
    negatives: z.enum(["own", "all"]).default("own").describe(
      "all: each group's positives against the negatives of all groups, for keys that only exams with cancer have",
    ),
  }),
]);

/** Subgroups to measure: `false` for none, `true` for keys with few values, or a list of keys. */
export const subgroupsRequest = z.union([
  z.boolean(),
  z.array(subgroupKeyRequest).max(SUBGROUP_KEYS_MAX),
]);

/** A key that defines subgroups as requested: its name alone, or with bins and negatives. */
export type SubgroupKeyName = string | {
  readonly key: string;
  readonly bins?: number[] | null | undefined;
  readonly negatives?: "own" | "all" | undefined;
};

/** A key that defines subgroups, validated. */
export interface SubgroupKey {
  readonly key: string;
  readonly bins: readonly number[] | null;
  readonly negatives: "own" | "all";
}
