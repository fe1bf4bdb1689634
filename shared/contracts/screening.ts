import { z } from "@hono/zod-openapi";
import type { Laterality } from "../domain/mod.ts";
import { PATHWAYS_MAX, SWEEP_THRESHOLDS_MAX } from "../limits.ts";
import { intervalSchema } from "./estimates.ts";
import { bootstrapRequest } from "./scoring_options.ts";
import { subgroupsRequest } from "./subgroups.ts";
import { chosenThresholdSchema, thresholdRequest } from "./thresholds.ts";
import { truthRuleRequest } from "./truth.ts";

const arbitration = z.enum([
  "recorded_consensus",
  "recall_if_either",
  "recall_only_if_both",
  "leave_out",
]).describe("What decides where reader and model differ and no third read was recorded");
const oneThreshold = { threshold: thresholdRequest };

const pathwayRequest = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["replace_second_reader", "replace_first_reader"]),
    ...oneThreshold,
    arbitration: arbitration.optional(),
  }),
  z.strictObject({
    kind: z.literal("triage"),
    ...oneThreshold,
    single_reader: z.union([z.literal(1), z.literal(2)]).default(1),
  }),
  z.strictObject({ kind: z.enum(["rule_out", "third_reader"]), ...oneThreshold }),
  z.strictObject({
    kind: z.literal("rule_in"),
    ...oneThreshold,
    ruled_in_read: z.boolean().default(true).describe(
      "Whether exams that the model recalls are read as today all the same",
    ),
  }),
  z.strictObject({ kind: z.literal("band_pass"), low: thresholdRequest, high: thresholdRequest }),
]).openapi("PathwayRequest");

export type PathwayRequest = z.infer<typeof pathwayRequest>;

const margin = z.number().gt(0).lt(1).optional();

export const simulationRequest = z.strictObject({
  score: z.uuid().describe("A score whose exams have reads"),
  baseline: z.literal("recorded").default("recorded").describe(
    "What today is: the recorded consensus and the recorded reads",
  ),
  pathways: z.array(pathwayRequest).min(1).max(PATHWAYS_MAX),
  arbitration: arbitration.default("recorded_consensus"),
  truth: truthRuleRequest.nullable().default(null).describe(
    "Labels by outcomes; null: as the score has them",
  ),
  margin: z.strictObject({
    sensitivity: margin,
    specificity: margin,
    recall_rate: margin,
    detection_per_1000: z.number().gt(0).lt(1000).optional(),
    ppv1: margin,
  }).default({}).describe(
    "How much worse than today a pathway may be; fixed before seeing the data",
  ),
  sweep: z.strictObject({
    kind: z.enum([
      "replace_second_reader",
      "replace_first_reader",
      "triage",
      "rule_out",
      "rule_in",
      "third_reader",
    ]),
    thresholds: z.union([
      z.number().int().min(2).max(SWEEP_THRESHOLDS_MAX),
      z.array(z.number()).min(1).max(SWEEP_THRESHOLDS_MAX),
    ]).describe("Thresholds, or at how many quantiles of the scores"),
  }).nullable().default(null),
  subgroups: subgroupsRequest.default(false),
  weighted: z.boolean().default(true).describe(
    "Whether exams count by their weight, where they have one",
  ),
  bootstrap: bootstrapRequest.default(true),
  volume: z.number().int().min(1).max(1e9).nullable().default(null).describe(
    "Women whom the programme screens in a year",
  ),
  cost_per_read: z.number().min(0).max(1e6).nullable().default(null),
}).openapi("SimulationRequest");

export type SimulationRequest = z.infer<typeof simulationRequest>;

const count = z.number().int().nonnegative();
const shareSchema = z.object({ value: z.number().nullable(), ci: intervalSchema });
const measuredSchema = shareSchema.extend({
  difference: shareSchema.extend({ p: z.number().nullable() }).describe(
    "The pathway minus today; paired, by woman",
  ),
});

const countsShape = {
  exams: count,
  cancers: count,
  reads: count,
  arbitrations: count,
  recalls: count,
  true_positives: count,
  false_positives: count,
  cancers_missed: count,
};

/** Metrics of today's practice. */
const todaySchema = z.object({
  ...countsShape,
  recall_rate: shareSchema,
  detection_per_1000: shareSchema,
  sensitivity: shareSchema,
  sensitivity_screen: shareSchema,
  specificity: shareSchema,
  ppv1: shareSchema,
}).openapi("ScreeningToday");

export type ScreeningToday = z.infer<typeof todaySchema>;

const verdictSchema = z.object({
  measure: z.string(),
  margin: z.number(),
  holds: z.boolean().nullable(),
  p: z.number().nullable().describe("One-sided"),
});

const pathwayCounts = {
  ...countsShape,
  arbitrations_without_record: count,
  found_today_now_missed: count,
  missed_today_now_found: count,
  false_recalls_avoided: count,
  false_recalls_new: count,
  interval_cancers_found: count,
};

const pathwayMeasures = {
  ...pathwayCounts,
  workload_saved: measuredSchema,
  recall_rate: measuredSchema,
  detection_per_1000: measuredSchema,
  sensitivity: measuredSchema,
  sensitivity_screen: measuredSchema.describe("Without interval cancers"),
  specificity: measuredSchema,
  ppv1: measuredSchema,
  verdict: verdictSchema.nullable().describe("Of the first margin"),
  verdicts: z.array(verdictSchema),
};

const perWomenSchema = z.object({
  reads: z.number(),
  arbitrations: z.number(),
  recalls: z.number(),
  cancers_found: z.number(),
  reads_saved: z.number(),
});

const pathwaySchema = z.object({
  kind: z.string(),
  threshold: z.number().nullable().describe("null where there are several"),
  low: z.number().nullable(),
  high: z.number().nullable(),
  chosen: z.array(chosenThresholdSchema).describe("Thresholds chosen by a target"),
  arbitration,
  single_reader: z.number().int(),
  ruled_in_read: z.boolean(),
  ...pathwayMeasures,
  bands: z.array(
    z.object({
      band: z.enum(["below", "between", "above"]),
      exams: count,
      cancers: count,
      found_today: count,
    }),
  ).describe("Exams by their score: below, between, at or above the thresholds"),
  per_100000: perWomenSchema,
  cost: perWomenSchema.extend({ volume: z.number(), cost: z.number(), saved: z.number() })
    .nullable(),
  subgroups: z.array(
    z.object({ key: z.string(), group: z.string().nullable(), ...pathwayMeasures }),
  ),
}).openapi("ScreeningPathway");

export type ScreeningPathway = z.infer<typeof pathwaySchema>;

/** Metrics of one subgroup. */
export type PathwayMeasures = Omit<ScreeningPathway["subgroups"][number], "key" | "group">;

const sweepSchema = z.object({
  kind: z.string(),
  points: z.array(
    z.object({
      threshold: z.number(),
      ...pathwayCounts,
      workload_saved: z.number().nullable(),
    }),
  ),
}).openapi("ScreeningSweep");

export type ScreeningSweep = z.infer<typeof sweepSchema>;

/** Pathways beside today's practice. */
export const simulationSchema = z.object({
  score: z.uuid(),
  model: z.string().nullable(),
  experiment: z.string().nullable(),
  truth: z.object({ within_days: z.number().int(), left_out: count }).nullable(),
  women: count.nullable().describe("null if the women are not known"),
  weighted: z.boolean(),
  confidence: z.number(),
  baseline: todaySchema,
  pathways: z.array(pathwaySchema),
  sweep: sweepSchema.nullable(),
  caveats: z.array(z.string()),
}).openapi("ScreeningSimulation");

export type ScreeningSimulation = z.infer<typeof simulationSchema>;

const text = z.coerce.number();

/** `GET /screening-simulations`: the same as an HTML page, with a query that a form can send. */
export const simulationPageQuery = z.object({
  score: z.uuid().describe("Id of the score whose exams are simulated"),
  threshold: text.optional().describe(
    "Of pathways with one threshold; without it an operating point of the report",
  ),
  low: text.optional().describe("Of triage, rule-out and the lower end of a band"),
  high: text.optional().describe("Of rule-in and the upper end of a band"),
  arbitration: arbitration.default("recorded_consensus"),
  within_days: text.optional().describe(
    "Days within which a cancer counts; without it the labels of the list decide",
  ),
  margin: text.optional().describe("Of the sensitivity"),
  volume: z.coerce.number().int().optional().describe("Women whom the programme screens in a year"),
  cost_per_read: text.optional().describe("Cost of one read, in any currency"),
  kind: z.string().optional().describe("Pathway whose thresholds can be tried"),
  at: z.coerce.number().int().optional().describe("Which of its thresholds, from 0"),
});

/** A cancer that today's reads find and a pathway misses. */
export interface LostCancer {
  readonly exam: string;
  /** A breast with cancer; null if it is not known which. */
  readonly laterality: Laterality | null;
  readonly score: number;
}
