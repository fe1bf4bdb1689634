import { z } from "@hono/zod-openapi";
import { moment, slug } from "./common.ts";

/** Devices that a model can run on. */
export const DEVICES = ["gpu", "cpu"] as const;

/** Outputs that a model may write besides its predictions. */
export const OUTPUTS = ["lesions", "saliency_maps"] as const;

/** A model in the API. */
export const modelSchema = z.object({
  name: slug,
  title: z.string().nullable(),
  description: z.string().nullable(),
  level: z.enum(["image", "breast", "exam"]).nullable(),
  devices: z.array(z.enum(DEVICES)),
  views: z.array(z.string()),
  outputs: z.array(z.enum(OUTPUTS)).describe("Outputs that it may write besides its predictions"),
  parameters: z.record(
    z.string(),
    z.object({ default: z.string(), description: z.string().nullable() }),
  ),
  version: z.string().describe("SHA-256 over the model folder's files"),
  folder: z.string().describe("Folder used for this name"),
  hides: z.array(z.string()).describe(
    "Folders of the same name that are not used: a folder of the site takes precedence",
  ),
  licence: z.string().nullable(),
  paper: z.string().nullable(),
  source: z.unknown(),
  weights: z.unknown(),
  base: z.string().nullable().describe("Folder of the base image"),
  image: z.object({ tag: z.string(), digest: z.string(), built_at: moment.nullable() }).nullable(),
  cannot_run: z.string().nullable().describe(
    "Why it cannot run here: no container engine, no GPU; null if no reason is known",
  ),
}).openapi("Model");

export type ModelRecord = z.infer<typeof modelSchema>;

/** All models, and model folders that cannot be used. */
export const modelListSchema = z.object({
  items: z.array(modelSchema),
  unusable: z.array(z.object({ name: z.string(), message: z.string() })),
});

export type ModelList = z.infer<typeof modelListSchema>;

/** Status of an image build or a contribution check. */
const workStatus = z.enum(["running", "passed", "failed"]);

/** The build of a model's image in the API. */
export const modelBuildSchema = z.object({
  model: slug,
  status: workStatus,
  image: z.object({ tag: z.string(), digest: z.string(), built_at: moment.nullable() }).nullable(),
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
  log_tail: z.array(z.string()),
  started_at: moment,
  finished_at: moment.nullable(),
}).openapi("ModelBuild");

export type ModelBuild = z.infer<typeof modelBuildSchema>;

/** `POST /v1/models/{name}/check`. */
export const modelCheckRequest = z.strictObject({
  dataset: slug.describe("A dataset that is ready, for example sample_data"),
  shards: z.boolean().default(false).describe(
    "Also compares a run in three parts with one in one part, byte for byte",
  ),
}).openapi("ModelCheckRequest");

/** Result of one check: a message, with details. */
export const checkFindingSchema = z.object({
  check: z.string().openapi({ example: "files" }),
  result: z.enum(["passed", "failed", "skipped", "advice"]),
  message: z.string(),
  details: z.array(z.string()),
}).openapi("CheckFinding");

export type CheckFinding = z.infer<typeof checkFindingSchema>;

/** The contribution check of a model in the API. */
export const modelCheckSchema = z.object({
  model: slug,
  status: workStatus,
  findings: z.array(checkFindingSchema),
  started_at: moment,
  finished_at: moment.nullable(),
}).openapi("ModelCheck");

export type ModelCheck = z.infer<typeof modelCheckSchema>;

/** A container image that was built here, in the API. */
export const imageSchema = z.object({
  tag: z.string(),
  digest: z.string(),
  folder: z.string().describe("Folder of the model, or of the base"),
  kind: z.enum(["model", "base"]),
  size_bytes: z.number().int(),
  built_at: moment,
  used: z.boolean().describe("A container uses it"),
  current: z.boolean().describe("A present model folder needs it"),
}).openapi("ContainerImage");

export type ImageRecord = z.infer<typeof imageSchema>;

/** Container images that were built here. */
export const imageListSchema = z.object({
  items: z.array(imageSchema),
  size_bytes: z.number().int().describe(
    "Sum of the sizes; images share layers, so they occupy less",
  ),
});

export type ImageList = z.infer<typeof imageListSchema>;
