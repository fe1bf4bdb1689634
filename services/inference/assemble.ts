import { Registry } from "prom-client";
import { createServiceClient, type Fetch, type Log, type Service } from "../../shared/http/mod.ts";
import type { Settings } from "../../shared/settings.ts";
import {
  createDamage,
  createRecordReader,
  type Damage,
  evaluationFiles,
  lockVolume,
  makeClosed,
  makePassage,
  type VolumeLayout,
  volumeLayout,
} from "../../shared/volume/mod.ts";
import { keepPreprocessedClean } from "./workspace/clean_preprocessed.ts";
import { createVolumePreprocessedStore } from "./workspace/preprocessed_store.ts";
import { createApp } from "./app.ts";
import { createDevicePool, createSlotPool, type Devices } from "./dispatch/devices.ts";
import { createDispatcher } from "./dispatch/dispatcher.ts";
import type { RunDependencies } from "./dispatch/run.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { createRetryingExecutor } from "./executors/retrying_executor.ts";
import { type ContainerEngine, DOCKER, PODMAN } from "./engine/container_engine.ts";
import { type ContainerOwner, containerOwner } from "./executors/container_owner.ts";
import { createApptainerExecutor } from "./executors/apptainer_executor.ts";
import { createDockerExecutor } from "./executors/docker_executor.ts";
import { bytesBelow, freeBytes } from "./workspace/disk.ts";
import { removeTree } from "./workspace/remove_tree.ts";
import type { Executor } from "./engine/executor.ts";
import { createDockerImageStore } from "./container_images/docker_image_store.ts";
import { createImageInventory, type ImageInventory } from "./container_images/image_inventory.ts";
import type { ModelCatalogue } from "./models/model_catalogue.ts";
import { storedEvaluation } from "../../shared/contracts/stored.ts";
import { createFolderModelCatalogue } from "./models/folder_model_catalogue.ts";
import { createHttpDatasetClient, createHttpScoringClient } from "./http_clients.ts";
import { createExamChecks } from "./submission/exam_checks.ts";
import { createIdempotencyGuard } from "./submission/idempotency.ts";
import type { JobSite } from "./dispatch/describe_job.ts";
import { keepFor } from "../../shared/async.ts";
import { diagnose, ENGINE_DIAGNOSIS_MS, lookForGpus } from "./engine/machine.ts";
import { findResults, refuseLostLedger } from "./ledger/find_results.ts";
import { measureLedger } from "./ledger/measured_ledger.ts";
import { createProcessExecutor } from "./executors/process_executor.ts";
import { readSiteUsers, type SiteUsers } from "../../shared/site_users.ts";
import { createHttpWebhookSender } from "./webhooks/webhook_sender.ts";
import { startDeliveryWorker } from "./webhooks/delivery_worker.ts";
import { openSqliteLedger } from "./ledger/sqlite_ledger.ts";
import { createShardedExecutor } from "./executors/sharded_executor.ts";
import { apptainerOnNodes } from "./executors/slurm_apptainer.ts";
import { readSlurmChoices } from "./executors/slurm_choices.ts";
import { createSlurmExecutor, dockerOnNodes } from "./executors/slurm_executor.ts";
import type { SlurmExecutorOptions } from "./executors/slurm_executor.ts";
import type { SlurmRuntime } from "./executors/slurm_script.ts";
import { createSiteContexts, openSifImages } from "./container_images/assemble.ts";
import { createVolumeWorkspace } from "./workspace/volume_workspace.ts";

export interface InferenceLinks {
  readonly ingestion: { readonly url: string; readonly fetch: Fetch };
  readonly scoring: { readonly url: string; readonly fetch: Fetch };
}

/** Size of a container's /tmp; it counts against its memory. */
const TEMPORARY_SIZE = "2g";

interface Ground {
  readonly layout: VolumeLayout;
  readonly damage: Damage;
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly catalogue: ModelCatalogue;
  readonly devices: Devices;
  readonly executor: Executor;
  readonly images: ImageInventory;
  readonly users: SiteUsers;
  readonly hasUsersFile: boolean;
}

/** Assembles the inference service and resumes what an earlier process left. */
export async function assembleInference(
  settings: Settings,
  log: Log,
  links: InferenceLinks,
): Promise<Service> {
  using stack = new DisposableStack();
  stack.use(await lockVolume(volumeLayout(settings.home), "inference"));
  const ground = await openGround(settings, log);
  stack.defer(() => ground.ledger.close());
  const { ledger, executor, users, devices, images, registry } = ground;
  const run = runDependencies(settings, ground, links, log);
  const dispatcher = createDispatcher(
    run,
    executor.name === "slurm" ? createSlotPool(settings.slurmJobs) : createDevicePool(devices),
  );
  const sender = createHttpWebhookSender({
    secret: settings.webhookSecret,
    hosts: settings.webhookHosts,
  });
  await dispatcher.recover();
  const deliveries = startDeliveryWorker({ outbox: ledger.outbox, sender, log });
  const cleaning = keepClean(settings, ledger, log);
  log.info("ready", {
    executor: executor.name,
    gpus: devices.gpus?.join(",") ?? "unknown",
    uid: users.runner.uid,
  });
  for (const { name, folder, hides } of ground.catalogue.overriding()) {
    log.info("model folder", { model: name, folder, hides: hides.join(", ") });
  }
  const engine = keepFor(ENGINE_DIAGNOSIS_MS, engineOf(settings).diagnose);
  const app = createApp({
    ...run,
    ...{ devices, dispatcher, deliveries, sender, images, registry, damage: ground.damage },
    examChecks: createExamChecks(ground.layout),
    idempotency: createIdempotencyGuard(ledger),
    limits: run.site.limits,
    imageRegistries: settings.imageRegistries,
    quota: settings.quota,
    diagnose: () => diagnoseGround(settings, ground, engine),
  });
  const ending = new AbortController();
  const looking = lookThrough(ground, ending.signal);
  const held = stack.move();
  return {
    fetch: (request) => app.fetch(request),
    async stop(): Promise<void> {
      ending.abort();
      await looking;
      await dispatcher.stop();
      await deliveries.stop();
      await cleaning.stop();
      held.dispose();
    },
  };
}

/** Reads all records at the start, so that damage is known before people or a ledger rebuild need them. */
async function lookThrough({ layout, damage }: Ground, ending: AbortSignal): Promise<void> {
  const read = createRecordReader(damage, 0);
  for (const key of findResults(layout)) {
    if (ending.aborted) return;
    await read(evaluationFiles(layout, key).record, storedEvaluation(key.id));
  }
}

async function openGround(settings: Settings, log: Log): Promise<Ground> {
  const layout = volumeLayout(settings.home);
  const damage = createDamage(layout, log.warn, ["work", "leases"]);
  // Also creates a new volume: the ledger lies at its root.
  await makePassage(layout.results);
  for (const folder of [layout.work, layout.leases]) await makeClosed(folder);
  // A cluster assigns GPUs itself; this machine's GPUs do not matter.
  const gpus = settings.executor === "slurm" ? null : await lookForGpus(settings.gpus);
  refuseLostLedger(layout);
  const registry = new Registry();
  const ledger = measureLedger(openSqliteLedger(layout.ledger), {
    registry,
    freeBytes: () => freeBytes(layout.results),
    gpus,
  });
  const { users, hasUsersFile } = await readSiteUsers(settings.users);
  const catalogue = createFolderModelCatalogue(settings.modelRoots);
  const { executor: whole, images } = await chooseExecutor(settings, {
    ...{ users, gpus, catalogue },
    hadEngine: waitsForEngine(ledger),
    owner: await containerOwner(layout, damage),
  });
  const executor = createShardedExecutor(whole, layout.work);
  const devices = { cpuSlots: settings.cpuSlots, gpus };
  const parts = { layout, damage, registry, ledger, catalogue, devices, executor, images };
  return { ...parts, users, hasUsersFile };
}

function runDependencies(
  settings: Settings,
  { layout, damage, ledger, executor, catalogue, users: { runnerOf } }: Ground,
  { ingestion, scoring }: InferenceLinks,
  log: Log,
): RunDependencies {
  return {
    ...{ ledger, executor, catalogue, log },
    datasets: createHttpDatasetClient(
      createServiceClient("ingestion", ingestion.url, ingestion.fetch),
    ),
    scoring: createHttpScoringClient(createServiceClient("scoring", scoring.url, scoring.fetch)),
    workspace: createVolumeWorkspace({
      ...{ layout, preprocessed: settings.preprocessed, runnerOf, damage },
      isRoot: Deno.uid() === 0,
    }),
    site: { runnerOf, limits: limitsOf(settings), diskFreeBytes: settings.diskFreeBytes },
  };
}

function keepClean(
  settings: Settings,
  ledger: Ledger,
  log: Log,
): ReturnType<typeof keepPreprocessedClean> {
  const { preprocessedDays: days, preprocessedBytes: bytesMax } = settings;
  const store = createVolumePreprocessedStore(settings.preprocessed);
  return keepPreprocessedClean({
    store,
    ledger,
    rules: { ageMsMax: days * 86_400_000, bytesMax },
    log,
  });
}

function diagnoseGround(
  settings: Settings,
  { executor, devices, layout, catalogue, users, hasUsersFile }: Ground,
  engine: ContainerEngine["diagnose"],
): ReturnType<typeof diagnose> {
  return diagnose({
    ...{ executor: executor.name, engine, gpus: devices.gpus, home: layout.home, hasUsersFile },
    isApptainer: settings.engine === "apptainer",
    isPodman: settings.engine === "podman",
    freeBytes: () => freeBytes(layout.results),
    neededBytes: settings.diskFreeBytes,
    overriding: () => catalogue.overriding().map((one) => ({ ...one, hides: [...one.hides] })),
    runner: users.runner,
  });
}

/** Whether an unfinished evaluation was started with an engine. */
function waitsForEngine(ledger: Ledger): boolean {
  const engines: unknown[] = [DOCKER.name, PODMAN.name];
  return ledger.unfinished().some(({ provenance }) => engines.includes(provenance["executor"]));
}

function engineOf({ engine }: Pick<Settings, "engine">): ContainerEngine {
  return engine === "podman" ? PODMAN : DOCKER;
}

interface ExecutorParts {
  readonly users: SiteUsers;
  readonly gpus: readonly number[] | null;
  readonly catalogue: ModelCatalogue;
  readonly hadEngine: boolean;
  readonly owner: ContainerOwner;
}

async function chooseExecutor(
  settings: Settings,
  { users, gpus, catalogue, hadEngine, owner }: ExecutorParts,
): Promise<{ executor: Executor; images: ImageInventory }> {
  const client = engineOf(settings);
  const { ok: answers } = settings.engine === "process" ? { ok: false } : await client.diagnose();
  // The engine may start after mammoeval (after a reboot): evaluations that wait for it must not fail.
  const hasEngine = settings.engine === "docker" || settings.engine === "podman" ||
    (settings.engine === "auto" && (answers || hadEngine));
  const contexts = createSiteContexts(settings, users, gpus);
  if (settings.engine === "apptainer") {
    const sif = openSifImages(settings, contexts, answers);
    const images = createImageInventory(sif, catalogue, contexts);
    if (settings.executor === "slurm") {
      const engine = { provision: sif.provision, image: sif.find };
      return { executor: await onCluster(settings, engine, apptainerOnNodes(sif.pathOf)), images };
    }
    const { work } = volumeLayout(settings.home);
    const executor = createApptainerExecutor({ images: sif, work, bytesBelow, removeTree });
    return { executor, images };
  }
  if (!hasEngine) {
    const nothing = (): Promise<never[]> => Promise.resolve([]);
    return {
      executor: createProcessExecutor(Deno.execPath()),
      images: { list: nothing, prune: nothing },
    };
  }
  const images = createImageInventory(
    createDockerImageStore(client, settings.home),
    catalogue,
    contexts,
  );
  const makeRoom = async (): Promise<number> => (await images.prune()).length;
  const engine = createRetryingExecutor(
    createDockerExecutor(client, contexts, owner, makeRoom),
    { answers: async () => (await client.diagnose()).ok, hasAnswered: answers || hadEngine },
  );
  if (settings.executor !== "slurm") return { executor: engine, images };
  const executor = await onCluster(settings, engine, dockerOnNodes(settings.home));
  return { executor, images };
}

async function onCluster(
  settings: Settings,
  engine: SlurmExecutorOptions["engine"],
  runtime: SlurmRuntime,
): Promise<Executor> {
  return createSlurmExecutor({
    ...{ engine, runtime, volume: settings.home },
    work: volumeLayout(settings.home).work,
    sbatchOptions: settings.slurmOptions,
    choices: await readSlurmChoices(settings.slurmModels),
  });
}

function limitsOf(settings: Settings): JobSite["limits"] {
  const { memory, pids, sharedMemoryPercent, diskBytes, outputBytes } = settings;
  const cpus = Math.max(1, navigator.hardwareConcurrency / settings.cpuSlots);
  const temporary = TEMPORARY_SIZE;
  return { memory, pids, cpus, temporary, sharedMemoryPercent, diskBytes, outputBytes };
}
