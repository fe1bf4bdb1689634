import type { EvaluationRequest } from "../../../shared/contracts/evaluations.ts";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { Problem, refusal } from "../../../shared/http/mod.ts";
import type { DatasetClient } from "../clients.ts";
import type { Devices } from "../dispatch/devices.ts";
import type { JobLimits } from "../engine/job.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import type { Model, ModelCatalogue } from "../models/model_catalogue.ts";
import { limitFaults } from "../dispatch/run_limits.ts";
import { findModelOf, pullRefusal } from "../models/private_model.ts";
import type { ExamChecks } from "./exam_checks.ts";
import type { ViewsNote } from "../models/required_views.ts";
import type { WebhookSender } from "../webhooks/webhook_sender.ts";

export interface SubmitDependencies {
  readonly catalogue: ModelCatalogue;
  readonly datasets: Pick<DatasetClient, "get">;
  readonly devices: Devices;
  readonly limits: JobLimits;
  /** Name prefixes of images that may be pulled. */
  readonly imageRegistries: readonly string[];
  /** Used if a model needs certain views or subgroups are chosen. */
  readonly examChecks: ExamChecks;
  /** Knows the allowed webhook receivers. */
  readonly sender: Pick<WebhookSender, "refusal">;
  readonly ledger: Ledger;
}

/**
 * Checks a request and creates its evaluation, without storing it.
 * @throws {Problem} with the reason
 */
export async function submitEvaluation(
  request: EvaluationRequest,
  user: string,
  deps: SubmitDependencies,
): Promise<Evaluation> {
  checkPrivateImage(request, deps.imageRegistries);
  const model = await findModel(request, deps.catalogue);
  checkDevice(request, model, deps.devices);
  checkShards(request, model);
  checkLimits(request, deps.limits);
  checkParameters(request, model);
  checkWebhook(request, deps.sender);
  const dataset = await findDataset(request.dataset, deps.datasets);
  const viewsNote = await askExams(request, model, dataset, deps.examChecks);
  const id = deps.ledger.newId();
  return { id, ...newEvaluation(request, user, model, dataset, viewsNote) };
}

function checkPrivateImage(
  { private_image: image }: EvaluationRequest,
  registries: readonly string[],
): void {
  const refusal = image === undefined ? null : pullRefusal(image, registries);
  if (refusal !== null) throw new Problem("invalid_model", refusal);
}

async function findModel(request: EvaluationRequest, catalogue: ModelCatalogue): Promise<Model> {
  const lookup = await findModelOf(request, catalogue);
  if (lookup.ok) return lookup.model;
  throw new Problem(lookup.reason === "unknown" ? "not_found" : "invalid_model", lookup.message);
}

function checkDevice(request: EvaluationRequest, model: Model, devices: Devices): void {
  if (!model.devices.includes(request.device)) {
    throw new Problem(
      "device_unsupported",
      `Model ${model.name} does not run on ${request.device}: it runs on ${
        model.devices.join(", ")
      }${manifestHint(model)}`,
    );
  }
  if (request.device === "cpu" || devices.gpus === null) return;
  if (devices.gpus.length === 0) {
    throw new Problem(
      "gpu_unavailable",
      "This machine has no available GPU: check nvidia-smi and MAMMOEVAL_GPUS, or evaluate on cpu",
    );
  }
  const missing = request.gpu === "auto"
    ? []
    : [request.gpu].flat().filter((gpu) => !devices.gpus?.includes(gpu));
  if (missing.length > 0) {
    throw new Problem(
      "gpu_unavailable",
      `There is no GPU ${missing.join(", ")}: there are ${devices.gpus.join(", ")}`,
    );
  }
}

/** Exams may be divided only if their scores do not depend on each other. */
function checkShards(
  { shards = 1, exams_independent: said }: EvaluationRequest,
  model: Model,
): void {
  const isIndependent = model.manifest.exams_independent ?? said ?? false;
  if (shards === 1 || isIndependent) return;
  throw new Problem(
    "invalid_request",
    model.manifest.exams_independent === false
      ? `shards: model.json of ${model.name} says that its exams depend on each other: leave shards out`
      : `shards: the model.json of ${model.name} does not say whether it scores each exam by itself: if it does, ` +
        'send "exams_independent": true',
  );
}

/** Hint for a model whose needs may come from a hidden folder. */
function manifestHint({ hides }: Model): string {
  return hides.length === 0 ? "" : "; this can be changed in the model.json of its folder";
}

function checkLimits({ limits }: EvaluationRequest, site: JobLimits): void {
  const faults = limitFaults(limits, site);
  if (faults.length > 0) throw new Problem("invalid_request", faults.join("; "));
}

function checkWebhook({ webhook }: EvaluationRequest, sender: SubmitDependencies["sender"]): void {
  const refusal = webhook === undefined ? null : sender.refusal(webhook.url);
  if (refusal !== null) throw new Problem("invalid_request", refusal);
}

function checkParameters(request: EvaluationRequest, model: Model): void {
  const unknown = Object.keys(request.parameters).filter((name) => !model.parameters.has(name));
  if (unknown.length === 0) return;
  const known = [...model.parameters.keys()].join(", ") || "none";
  throw new Problem(
    "invalid_parameters",
    `Model ${model.name} has no parameter ${unknown.join(", ")}: it has ${known}`,
  );
}

/** Checks exams only if the request depends on them. */
async function askExams(
  { exams, subgroups, truth }: EvaluationRequest,
  { name, manifest: { views = [] } }: Model,
  dataset: DatasetRecord,
  checks: ExamChecks,
): Promise<ViewsNote> {
  if (views.length === 0 && typeof subgroups === "boolean" && truth === null) return {};
  const answer = await checks.ask(dataset, { views, exams, subgroups, truth });
  if (answer.views.total > 0) {
    const advice = answer.views.total === answer.count
      ? "choose another model"
      : 'send "exams": "complete_only" to leave them out, or choose another model';
    const detail = `Model ${name} needs an image in each of ${views.join(", ")}, which ` +
      `${answer.views.total} of ${answer.count} exams do not have: ${advice}`;
    const { listed, total } = answer.views;
    throw new Problem("incomplete_exams", detail, { errors: listed, errorsTotal: total });
  }
  if (answer.subgroups.length > 0) {
    const what = `subgroups: dataset ${dataset.id} cannot be divided this way`;
    throw refusal("invalid_request", what, answer.subgroups);
  }
  if (answer.truth.length > 0) {
    throw refusal("invalid_request", `truth: of dataset ${dataset.id}`, answer.truth);
  }
  return answer.note;
}

async function findDataset(
  id: string,
  datasets: Pick<DatasetClient, "get">,
): Promise<DatasetRecord> {
  const dataset = await datasets.get(id);
  if (dataset.status === "ready") return dataset;
  const reason = dataset.status === "importing"
    ? "is still being imported: wait until its status is ready"
    : `was rejected: ${dataset.errors[0]?.message ?? "see its errors"}`;
  throw new Problem("dataset_not_ready", `Dataset ${id} ${reason}`, { errors: dataset.errors });
}

function newEvaluation(
  request: EvaluationRequest,
  user: string,
  model: Model,
  dataset: DatasetRecord,
  viewsNote: ViewsNote,
): Omit<Evaluation, "id"> {
  return {
    user,
    // The request may name the dataset; storage and mounts use its id.
    request: { ...request, dataset: dataset.id },
    status: "queued",
    progress: { done: null, total: null, note: null },
    error: null,
    score: null,
    provenance: {
      model_version: model.version,
      dataset_digest: dataset.digest,
      exams: dataset.exams,
      device: request.device,
      blind: request.blind,
      parameters: request.parameters,
      ...viewsNote,
    },
    attempt: 0,
    gpus: [],
    runningSince: null,
    createdAt: new Date().toISOString(),
    startedAt: null,
    finishedAt: null,
    version: 1,
  };
}
