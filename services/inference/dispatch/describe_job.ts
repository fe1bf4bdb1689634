import { join } from "node:path";
import { predictionsFileName } from "../../../shared/volume/mod.ts";
import { gpusNamed } from "./devices.ts";
import { EVALUATION_LABEL } from "../engine/docker_arguments.ts";
import type { ContainerImage } from "../engine/executor.ts";
import { CONTAINER_PATHS, type Job, type JobLimits } from "../engine/job.ts";
import { type Evaluation, PLACES } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import { limitsFor } from "./run_limits.ts";
import type { Runner } from "../../../shared/site_users.ts";
import type { PreparedRun } from "../workspace/workspace.ts";

export interface JobSite {
  /** The user that runs a caller's containers. */
  readonly runnerOf: (user: string) => Runner;
  /** Maximum of one evaluation, and the default where it requests nothing. */
  readonly limits: JobLimits;
  /** Free space on the volume below which no run starts and running ones are stopped. */
  readonly diskFreeBytes: number;
}

export interface JobParts {
  readonly evaluation: Evaluation;
  readonly model: Model;
  readonly image: ContainerImage;
  readonly prepared: PreparedRun;
  readonly site: JobSite;
}

/** Describes the run of one evaluation: `predict.sh` with its six arguments, as in the metarepository. */
export function describeJob({ evaluation, model, image, prepared, site }: JobParts): Job {
  const { request, id } = evaluation;
  return {
    id,
    model: model.name,
    image: image.digest.startsWith("sha256:") && !image.tag.startsWith("process:")
      ? image.digest
      : image.tag,
    mounts: prepared.mounts,
    parts: prepared.parts,
    places: placesOf(evaluation, prepared.parts.length),
    workingFolder: model.predictPath,
    arguments: [
      "predict.sh",
      CONTAINER_PATHS.dataList,
      CONTAINER_PATHS.images,
      join(CONTAINER_PATHS.predictions, predictionsFileName(request)),
      request.experiment,
      request.device,
      CONTAINER_PATHS.preprocessed,
    ],
    parameters: prepared.parameters,
    user: site.runnerOf(evaluation.user),
    device: request.device,
    gpus: evaluation.gpus,
    gpuCount: request.device === "cpu" ? 0 : Math.max(1, gpusNamed(request.gpu).length),
    timeoutS: request.timeout_s,
    readOnlyRoot: model.manifest.read_only_root ?? false,
    limits: limitsFor(request.limits, site.limits),
    labels: {
      [EVALUATION_LABEL]: id,
      "mammoeval.model": model.name,
      "mammoeval.experiment": request.experiment,
      "mammoeval.dataset": request.dataset,
      "mammoeval.request_id": String(evaluation.provenance["request_id"] ?? ""),
    },
  };
}

/** Each part has a GPU or a place on cpu of its own; a cluster queues those that do not fit. */
function placesOf({ gpus, provenance }: Evaluation, parts: number): number {
  const places = provenance[PLACES];
  return gpus.length > 0 ? gpus.length : typeof places === "number" ? places : Math.max(1, parts);
}
