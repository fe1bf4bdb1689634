import { z } from "@hono/zod-openapi";
import {
  EVALUATIONS_BATCH_MAX,
  NOTES_CHARACTERS_MAX,
  SEARCH_CHARACTERS_MAX,
  SHARDS_MAX,
} from "../limits.ts";
import { dockerSize, SIZE_PATTERN } from "../size.ts";
import { faultSchema, mayBeMissing, moment, shownName, slug } from "./common.ts";
import { VIEWS } from "../domain/mod.ts";
import { DEVICES, OUTPUTS } from "./models.ts";
import { bootstrapRequest, operatingPointsRequest, prevalenceRequest } from "./scoring_options.ts";
import { subgroupsRequest } from "./subgroups.ts";
import { truthRulesRequest } from "./truth.ts";

/** States of an evaluation, in order. */
export const EVALUATION_STATUSES = [
  "queued",
  "building",
  "running",
  "scoring",
  "succeeded",
  "failed",
  "cancelled",
] as const;

export type EvaluationStatus = (typeof EVALUATION_STATUSES)[number];

export const EVALUATION_ERROR_TYPES = [
  "image_build_failed",
  "image_missing",
  "images_changed",
  "engine_unavailable",
  "gpu_unavailable",
  "device_unsupported",
  "out_of_memory",
  "too_many_processes",
  "too_much_output",
  "disk_limit_exceeded",
  "timed_out",
  "container_failed",
  "invalid_predictions",
  "disk_full",
  "scoring_failed",
  "quota_exceeded",
  "interrupted",
] as const;

export type EvaluationErrorType = (typeof EVALUATION_ERROR_TYPES)[number];

const size = z.string().regex(SIZE_PATTERN, "must be a size such as 16g").transform(dockerSize);

/** Resource limits of one run. Each is at most the site's limit, which is also the default. */
export const limitsRequest = z.strictObject({
  memory: mayBeMissing(size.openapi({ example: "16g" })),
  cpus: mayBeMissing(z.number().min(0.1).max(1024)),
  pids: mayBeMissing(z.number().int().min(16).max(1_000_000)),
  /** Preprocessed images and predictions together. */
  disk: mayBeMissing(size.openapi({ example: "200g" })),
  /** The model's output (stdout and stderr). */
  output: mayBeMissing(size.openapi({ example: "256m" })),
}).openapi("EvaluationLimits");

export type LimitsRequest = z.infer<typeof limitsRequest>;

/** States that a webhook may report. */
export const WEBHOOK_EVENTS = ["running", "succeeded", "failed", "cancelled"] as const;

/** A webhook's receiver and events (Standard Webhooks). */
export const webhookRequest = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must begin with http:// or https://" }).max(2000)
    .openapi({
      example: "http://10.0.0.7:9000/mammoeval",
    }),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1).default(["succeeded", "failed", "cancelled"]),
});

const datasetReference = z.string().min(1).max(200).openapi({
  description: "Id or name of a dataset",
});

/** Which exams of a dataset are evaluated. */
export const EXAM_CHOICES = ["all", "complete_only"] as const;

/** A container image that is not listed: named by digest, with predict.sh inside. */
export const privateImage = z.strictObject({
  image: z.string().max(300).regex(
    /^(?:[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*@)?sha256:[0-9a-f]{64}$/,
    "must be <registry>/<name>@sha256:<digest>, or sha256:<id> of an image that the engine has",
  ),
  level: z.enum(["image", "breast", "exam"]),
  predict_path: z.string().max(200).regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/,
    "must be the absolute path in the image of the folder that holds predict.sh",
  ),
  devices: z.array(z.enum(DEVICES)).min(1).default(["gpu", "cpu"]),
  views: z.array(z.enum(VIEWS)).default([]),
  read_only_root: z.boolean().default(false),
}).openapi("PrivateImage");

export type PrivateImage = z.infer<typeof privateImage>;

/** A device as a request may spell it. */
type DeviceName = (typeof DEVICES)[number] | Uppercase<(typeof DEVICES)[number]>;

/** An evaluation's request as it is stored and shown; it always has a model name. */
export const evaluationRequest = z.strictObject({
  model: slug.openapi({ example: "reference" }),
  experiment: slug.openapi({ example: "experiment01" }),
  dataset: datasetReference.openapi({ example: "sample" }),
  device: z.preprocess(
    (value: DeviceName) => typeof value === "string" ? value.toLowerCase() : value,
    z.enum(DEVICES),
  ).default("cpu"),
  gpu: z.union([
    z.number().int().min(0).max(1023),
    z.array(z.number().int().min(0).max(1023)).min(1).max(16),
    z.literal("auto"),
  ])
    .default("auto"),
  parameters: z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean()]))
    .default({}),
  bootstrap: bootstrapRequest.default(true),
  operating_points: operatingPointsRequest,
  prevalence: prevalenceRequest,
  subgroups: subgroupsRequest.default(true).openapi({
    description: "true for keys with few values, false for none, or keys of the dataset's exams",
    example: ["density", { key: "age", bins: [50, 60, 70] }],
  }),
  truth: truthRulesRequest,
  blind: z.boolean().default(true),
  exams: z.enum(EXAM_CHOICES).default("all").describe(
    "complete_only leaves out exams without an image in each view that the model needs",
  ),
  timeout_s: z.number().int().min(1).max(30 * 86_400).default(86_400),
  limits: limitsRequest.default({}),
  priority: z.number().int().min(-100).max(100).default(0).openapi({
    deprecated: true,
    description: "Ignored; the evaluation's log warns of it",
  }),
  webhook: mayBeMissing(webhookRequest),
  private_image: mayBeMissing(privateImage),
  shards: mayBeMissing(z.union([z.number().int().min(1).max(SHARDS_MAX), z.literal("auto")]))
    .openapi({
      description: "Divide the exams into this many containers, or one for each free GPU (auto)",
      example: 4,
    }),
  exams_independent: mayBeMissing(z.boolean()).openapi({
    description: "The model scores each exam by itself, although its model.json does not say so",
  }),
}).openapi("EvaluationRequest");

/** `POST /v1/evaluations`: a model by the name of its folder, or a private image. */
export const evaluationOrder = evaluationRequest.omit({ private_image: true }).extend({
  model: z.union([slug, privateImage]).openapi({ example: "reference" }),
}).openapi("EvaluationOrder");

export type EvaluationOrder = z.infer<typeof evaluationOrder>;

/** `POST /v1/evaluations/batch`: every model on every dataset, with the same options. */
export const evaluationBatchRequest = evaluationRequest.omit({
  model: true,
  dataset: true,
  private_image: true,
}).extend(
  {
    models: z.array(slug).min(1).max(100),
    datasets: z.array(datasetReference).min(1).max(100),
  },
).refine(({ models, datasets }) => models.length * datasets.length <= EVALUATIONS_BATCH_MAX, {
  message: `must make at most ${EVALUATIONS_BATCH_MAX} evaluations`,
}).openapi("EvaluationBatchRequest");

export type EvaluationBatchRequest = z.infer<typeof evaluationBatchRequest>;

export type EvaluationRequest = z.infer<typeof evaluationRequest>;

/** `PATCH /v1/evaluations/{id}`: what people call it and note about it; null removes it, a missing field stays. */
export const evaluationNotesRequest = z.strictObject({
  name: mayBeMissing(shownName.nullable()).openapi({ example: "Before the software update" }),
  notes: mayBeMissing(z.string().trim().max(NOTES_CHARACTERS_MAX).nullable()),
}).openapi("EvaluationNotes");

export type EvaluationNotes = z.infer<typeof evaluationNotesRequest>;

/** One part of a divided evaluation. */
export const shardSchema = z.object({
  part: z.number().int().describe("From 1"),
  status: z.enum(["waiting", "queued", "running", "succeeded", "failed"]).describe(
    "queued: submitted to a cluster, where it waits",
  ),
  attempts: z.number().int(),
  gpus: z.array(z.number().int()),
  note: mayBeMissing(z.string()).describe("Why it waits in the cluster"),
}).openapi("Shard");

export type Shard = z.infer<typeof shardSchema>;

/** Orders of the list of evaluations; equal ones newest first. */
export const EVALUATION_ORDERS = [
  ...["newest", "oldest", "model", "dataset", "experiment", "user", "status"] as const,
] as const;

export type EvaluationOrderName = (typeof EVALUATION_ORDERS)[number];

export const evaluationsQuery = z.object({
  user: z.string().optional().describe("Evaluations of this user only"),
  model: z.string().optional().describe("Evaluations of this model only"),
  dataset: z.string().optional().describe("Evaluations on this dataset only"),
  status: z.enum(EVALUATION_STATUSES).optional().describe("Evaluations in this state only"),
  search: z.string().max(SEARCH_CHARACTERS_MAX).optional().describe(
    "Only evaluations with this text in model, dataset, experiment, parameters, user, name or notes",
  ),
  sort: z.enum(EVALUATION_ORDERS).default("newest").describe("Order of the list"),
  cursor: z.uuid("must be next_cursor of the page before").optional().describe(
    "`next_cursor` of the page before; the first page without it",
  ),
  limit: z.coerce.number<number>().int().min(1).max(500).default(50).describe(
    "Evaluations of a page",
  ),
});

/** Why and in which stage an evaluation failed. */
export const evaluationErrorSchema = z.object({
  type: z.enum(EVALUATION_ERROR_TYPES),
  message: z.string(),
  stage: z.enum(EVALUATION_STATUSES),
  log_tail: z.array(z.string()),
  faults: z.array(faultSchema),
}).openapi("EvaluationError");

export type EvaluationError = z.infer<typeof evaluationErrorSchema>;

export const queuePlaceSchema = z.object({
  place: z.number().int().describe("From 1, in the order in which evaluations would start now"),
  waiting: z.number().int().describe("Evaluations that wait for the same kind of device"),
  running: z.number().int().describe("Evaluations that hold such a device"),
  reason: z.string().describe("Why it waits"),
});

export type QueuePlace = z.infer<typeof queuePlaceSchema>;

export const evaluationSchema = z.object({
  id: z.string(),
  user: z.string(),
  name: mayBeMissing(z.string()).describe("What people call it"),
  notes: mayBeMissing(z.string()).describe("What people noted about it"),
  model: z.string(),
  experiment: z.string(),
  dataset: z.string(),
  device: z.enum(DEVICES),
  status: z.enum(EVALUATION_STATUSES),
  progress: z.object({
    stage: z.enum(EVALUATION_STATUSES),
    done: z.number().nullable(),
    total: z.number().nullable(),
    note: z.string().nullable(),
  }),
  error: evaluationErrorSchema.nullable(),
  score: z.string().nullable(),
  links: z.record(z.string(), z.string()),
  shards: mayBeMissing(z.array(shardSchema)),
  queue: mayBeMissing(queuePlaceSchema).describe("While queued, where one evaluation is read"),
  provenance: z.record(z.string(), z.unknown()),
  request: evaluationRequest,
  created_at: moment,
  started_at: moment.nullable(),
  finished_at: moment.nullable(),
}).openapi("Evaluation");

export type EvaluationRecord = z.infer<typeof evaluationSchema>;

export const evaluationBatchSchema = z.object({ items: z.array(evaluationSchema) });

/** Data of a `status` event: the evaluation changed its state. */
export const statusEventSchema = z.object({
  at: moment,
  status: z.enum(EVALUATION_STATUSES),
  attempt: mayBeMissing(z.number().int()),
  error: mayBeMissing(z.enum(EVALUATION_ERROR_TYPES).nullable()),
});

/** Data of a `progress` event: progress within a state. */
export const progressEventSchema = z.object({
  at: moment,
  status: z.enum(EVALUATION_STATUSES),
  done: z.number().nullable(),
  total: z.number().nullable(),
  note: z.string().nullable(),
});

/** Files that a model wrote besides its predictions. */
export const outputListSchema = z.object({
  items: z.array(z.object({
    output: z.enum(OUTPUTS),
    file: z.string().describe("`?file=` asks for it"),
    size_bytes: z.number().int(),
  })),
}).openapi("EvaluationOutputs");
