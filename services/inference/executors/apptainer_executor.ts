import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { bytesOf } from "../../../shared/size.ts";
import type { SifImages } from "../container_images/sif_images.ts";
import {
  anotherUser,
  apptainerArguments,
  readUsage,
  startFailure,
  SUPERVISOR,
} from "./apptainer_arguments.ts";
import { runCommand } from "../engine/command.ts";
import { gpuMemory } from "./docker_stats.ts";
import { DONE, endOf, refused } from "../engine/executor.ts";
import type {
  Executor,
  FollowHooks,
  Measurement,
  OnLine,
  Outcome,
  RunEnd,
} from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";
import { createLogReader, textOf } from "./job_log.ts";
import { timedLines } from "./timed_lines.ts";

export interface ApptainerExecutorOptions {
  readonly images: SifImages;
  /** Absolute path of the scratch folder of all evaluations, on the volume. */
  readonly work: string;
  /** Sums the bytes below folders; null when none of them exists. */
  readonly bytesBelow: (folders: readonly string[]) => Promise<number | null>;
  /** Removes a folder that a container has written to, if it exists. */
  readonly removeTree: (path: string) => Promise<void>;
}

/** What `supervise.sh` reads and writes, in the evaluation's scratch folder. */
type RunFiles = Readonly<Record<"folder" | typeof NAMES[number], string>>;
const NAMES = ["nothing", "overlay", "temporary", "log", "usage", "alive", "stop", "end"] as const;

/** Interval for polling the files of a run, in milliseconds. */
const LOOK_INTERVAL_MS = 100;
/** Time limit for a supervisor to take its lock, in milliseconds. */
const START_MS = 30_000;

/** Runs jobs under `supervise.sh`, which records their state and outlives this process. */
export function createApptainerExecutor(options: ApptainerExecutorOptions): Executor {
  const { images, work, removeTree } = options;
  const filesOf = (id: string): RunFiles => runFiles(join(work, id, "apptainer"));
  return {
    name: "apptainer",
    provision: images.provision,
    image: images.find,
    probe: (_image, gpus) => probe(gpus),
    start: (job) => start(job, filesOf(job.id), options),
    follow: (id, onLine, since, hooks) => follow(filesOf(id), since, onLine, hooks),
    measure: (id, gpus) => measure(filesOf(id), gpus, options),
    stop: (id) => stop(filesOf(id)),
    async remove(id): Promise<void> {
      const files = filesOf(id);
      await stop(files);
      while (await isAlive(files)) await pause(LOOK_INTERVAL_MS);
      await removeTree(files.folder);
    },
    async known(): Promise<string[]> {
      const ids: string[] = [];
      for await (const { name } of Deno.readDir(work)) {
        if (await Deno.stat(filesOf(name).folder).catch(() => null) !== null) ids.push(name);
      }
      return ids;
    },
  };
}

function runFiles(folder: string): RunFiles {
  const paths = NAMES.map((name) => [name, join(folder, name)]);
  return Object.fromEntries([["folder", folder], ...paths]) as RunFiles;
}

/** Asks nvidia-smi, because the runtime passes on whatever the driver has and does not report single devices. */
async function probe(gpus: readonly number[]): Promise<Outcome<void>> {
  const args = [`--id=${gpus.join(",")}`, "--query-gpu=index", "--format=csv,noheader"];
  const result = await runCommand("nvidia-smi", args);
  return result.exitCode === 0 ? DONE : refused(
    "gpu_unavailable",
    `There is no GPU ${
      gpus.join(", ")
    } here: nvidia-smi lists the ones there are; or evaluate on cpu`,
  );
}

async function start(
  job: Job,
  files: RunFiles,
  { images, removeTree }: ApptainerExecutorOptions,
): Promise<Outcome<void>> {
  const other = anotherUser(job);
  if (other !== null) return other;
  await removeTree(files.folder);
  for (const name of ["", "overlay", "temporary", "temporary/tmp", "temporary/var_tmp"]) {
    await Deno.mkdir(join(files.folder, name), { mode: 0o700 });
  }
  await Deno.writeTextFile(files.nothing, "");
  const { memory, pids, cpus } = job.limits;
  const result = await runCommand("setsid", [
    ...["--fork", "bash", SUPERVISOR, files.folder],
    ...[String(bytesOf(memory)), String(pids), coresOf(cpus), "apptainer"],
    ...apptainerArguments(job, { ...files, image: images.pathOf(job.image) }),
  ], { environment: runtimeEnvironment(files.folder) });
  const began = performance.now();
  while (result.exitCode === 0 && performance.now() - began < START_MS) {
    if (await Deno.stat(files.usage).catch(() => null) !== null) return DONE;
    if (await textOf(files.end) !== null) return DONE;
    await pause(LOOK_INTERVAL_MS);
  }
  await stop(files);
  return refused("container_failed", `The run could not be started: ${result.stderr.trim()}`);
}

/** Passes only PATH of the service's environment: variables of the runtime could add mounts, for example. */
function runtimeEnvironment(folder: string): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    HOME: folder,
    APPTAINER_CACHEDIR: folder,
  };
}

/** CPU affinity of a container: the first `cpus` processors. The container may change it. */
function coresOf(cpus: number): string {
  return `0-${Math.min(navigator.hardwareConcurrency, Math.max(1, Math.ceil(cpus))) - 1}`;
}

async function follow(
  files: RunFiles,
  since: string | null,
  onLine: OnLine,
  hooks: FollowHooks | undefined,
): Promise<RunEnd> {
  const log = createLogReader(
    files.log,
    timedLines(since, onLine),
    (count) => hooks?.onBytes?.(count),
  );
  while (true) {
    // Read the lock before the end file: the supervisor writes the end before it releases the lock.
    const alive = await isAlive(files);
    const end = await textOf(files.end);
    await log.read();
    if (end !== null || !alive) {
      log.end();
      return end === null ? { kind: "vanished" } : startFailure(files, endOf(JSON.parse(end)));
    }
    await pause(LOOK_INTERVAL_MS);
  }
}

async function measure(
  files: RunFiles,
  gpus: readonly number[],
  { bytesBelow }: ApptainerExecutorOptions,
): Promise<Measurement | null> {
  const usage = await textOf(files.usage);
  if (usage === null) return null;
  const [gpuMemoryBytes, rootBytes] = await Promise.all([
    gpuMemory(gpus),
    bytesBelow([files.overlay, files.temporary]),
  ]);
  return { ...readUsage(usage), gpuMemoryBytes, rootBytes };
}

async function stop(files: RunFiles): Promise<void> {
  if (await Deno.stat(files.folder).catch(() => null) === null) return;
  await Deno.writeTextFile(files.stop, "");
}

/** Whether the supervisor runs: it holds a lock, which the kernel releases however it ends. */
async function isAlive({ alive }: RunFiles): Promise<boolean> {
  const file = await Deno.open(alive, { read: true, write: true }).catch(() => null);
  if (file === null) return false;
  try {
    return !await file.tryLock(true);
  } finally {
    file.close();
  }
}
