import { SHARDS_MAX } from "../../../shared/limits.ts";
import { sizeText } from "../../../shared/size.ts";
import { describeJob } from "./describe_job.ts";
import type { ContainerImage, Executor } from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";
import type { Model } from "../models/model_catalogue.ts";
import { BEGAN, PLACES } from "../ledger/ledger.ts";
import { findModelOf } from "../models/private_model.ts";
import { foreignPathsOf, refuseChangedImages } from "./refuse_changed_images.ts";
import { change, refuseAbandoned, type Run, RunFailure, WAITS_IN_CLUSTER } from "./run.ts";
import { untilAnswered } from "./until_answered.ts";

/**
 * From `building` to `running`: provides the image, prepares the files, starts the container. A cluster's job goes back
 * to `queued` until the cluster starts it.
 */
export async function buildStage(run: Run): Promise<void> {
  const { executor, datasets, workspace, site } = run.deps;
  const { id, attempt, request } = run.evaluation;
  const model = await modelOf(run);
  run.runLog.say(`evaluation ${id}, attempt ${attempt}: preparing the image of ${model.name}`);
  sayFolder(run, model);
  const started = performance.now();
  await refuseFullDisk(run);
  const image = await provideImage(run, model);
  const dataset = await untilAnswered(run, "ingestion", () => datasets.get(request.dataset));
  await refuseChangedImages(run);
  const hidden = await foreignPathsOf(run);
  const parts = await partsOf(run);
  const prepared = await workspace.prepare(run.evaluation, model, dataset, { hidden, parts });
  const job = describeJob({ evaluation: run.evaluation, model, image, prepared, site });
  const isCluster = executor.name === "slurm";
  change(run, isCluster ? "queued" : "running", {
    ...(isCluster ? WAITS_IN_CLUSTER : { runningSince: new Date().toISOString() }),
    provenance: {
      ...run.evaluation.provenance,
      ...provenanceOf(model, image, executor),
      parameters: prepared.parameters,
      data_list_sha256: prepared.dataListDigest,
      images_folder_read_only: true,
      user: job.user,
      gpus: job.gpus,
      limits: shownLimits(job),
      build_ms: Math.round(performance.now() - started),
      ...(isCluster ? {} : { [BEGAN]: Deno.osUptime() }),
    },
  });
  // Sets the disk guard's baseline: existing files do not count as this run's.
  void workspace.diskUse(run.evaluation)
    .then((bytes) => run.signals.diskGuard.look(id, bytes ?? 0, 0)).catch(() => {});
  const outcome = await executor.start(job);
  // A stop before the container existed had no effect.
  refuseAbandoned(run);
  if (!outcome.ok) throw new RunFailure(outcome.failure);
  run.runLog.started(`${job.device}${job.gpus.length > 0 ? ` ${job.gpus.join(",")}` : ""}`);
}

/** Into how many parts an evaluation is divided; auto means one for each device that it holds or a cluster has free. */
async function partsOf({ evaluation, deps: { executor } }: Run): Promise<number> {
  const { request, gpus, provenance } = evaluation;
  if (request.shards !== "auto") return request.shards ?? 1;
  if (gpus.length > 0) return gpus.length;
  const free = request.device === "gpu" ? await executor.freeGpus?.(request.model) : null;
  return Math.min(SHARDS_MAX, Math.max(1, free ?? Number(provenance[PLACES] ?? 1)));
}

async function modelOf(run: Run): Promise<Model> {
  const lookup = await findModelOf(run.evaluation.request, run.deps.catalogue);
  if (lookup.ok) return lookup.model;
  throw new RunFailure({ type: "image_missing", message: lookup.message });
}

/** A private image has no folder. */
function sayFolder({ runLog }: Run, { folder, hides }: Model): void {
  if (folder === "") return;
  const unused = hides.length === 0 ? "" : `, not the one of that name in ${hides.join(", ")}`;
  runLog.say(`model folder ${folder}${unused}`);
}

/** The limits under their API names. */
function shownLimits({ limits }: Job): Record<string, unknown> {
  const { diskBytes, outputBytes, sharedMemoryPercent: _, ...rest } = limits;
  return { ...rest, disk_bytes: diskBytes, output_bytes: outputBytes };
}

/** A run that starts on a full disk fails after hours without a result. */
async function refuseFullDisk({ deps: { workspace, site } }: Run): Promise<void> {
  const free = await workspace.freeBytes();
  if (free === null || free >= site.diskFreeBytes) return;
  throw new RunFailure({
    type: "disk_full",
    message:
      `The results volume has ${sizeText(free)} free, ${sizeText(site.diskFreeBytes)} must ` +
      "be free (MAMMOEVAL_DISK_FREE): delete evaluations or free some space, then evaluate again",
  });
}

async function provideImage(run: Run, model: Model): Promise<ContainerImage> {
  const { executor } = run.deps;
  // The cancel may have come before the build started.
  refuseAbandoned(run);
  const onLine = run.runLog.line;
  const provisioned = await executor.provision(model, onLine, run.signals.cancelled);
  refuseAbandoned(run);
  if (!provisioned.ok) throw new RunFailure(provisioned.failure);
  const image = provisioned.value;
  run.runLog.say(`image ${image.tag} ${image.digest}`);
  const { gpus, request } = run.evaluation;
  if (request.device === "gpu") {
    const probed = await executor.probe(image, gpus);
    refuseAbandoned(run);
    if (!probed.ok) throw new RunFailure(probed.failure);
  }
  return image;
}

function provenanceOf(
  model: Model,
  image: ContainerImage,
  executor: Executor,
): Record<string, unknown> {
  const { tag, digest, builtAt } = image;
  return {
    executor: executor.name,
    model_version: model.version,
    ...(model.folder === "" ? {} : { model_folder: model.folder }),
    ...(model.hides.length === 0 ? {} : { model_folders_hidden: model.hides }),
    image: { tag, digest, built_at: builtAt },
  };
}
