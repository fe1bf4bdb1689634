import type { Bound } from "../../../shared/contracts/doctor.ts";
import { bytesOf } from "../../../shared/size.ts";
import { type ContainerEngine, DOCKER } from "./container_engine.ts";
import { CONTAINER_PATHS, type Job, type Mount } from "./job.ts";

/** Label of every container of an evaluation: the evaluation's id. */
export const EVALUATION_LABEL = "mammoeval.evaluation";
/** Label of a model's images and containers: the model's name. */
export const MODEL_LABEL = "mammoeval.model";
/** Label of base images: the folder's name. */
export const BASE_LABEL = "mammoeval.base";
/** Label with the volume's path: separates the containers and images of several volumes on one engine. */
export const VOLUME_LABEL = "mammoeval.volume";
/** Label with the volume's random id: on a shared engine, another machine's volume may have the same path. */
export const VOLUME_ID_LABEL = "mammoeval.volume_id";

/** Label of the containers that only probe GPUs. */
const PROBE_LABEL = "mammoeval.probe";
/** Size at which the engine rotates a container's log; the evaluation's own log is complete. */
const ENGINE_LOG_SIZE = "64m";

export function containerName(evaluation: string): string {
  return `mammoeval-${evaluation}`;
}

/**
 * Arguments of `docker create`: no network, capabilities or new privileges, a non-root user, read-only images, and
 * bounded memory (no extra swap), processes and cores; `unsupported` limits would be refused by the engine.
 */
export function dockerCreateArguments(
  job: Job,
  engine: ContainerEngine = DOCKER,
  unsupported: readonly Bound[] = [],
): string[] {
  return [
    "create",
    ...engine.createArguments(),
    ...(job.device === "gpu" ? engine.gpuArguments(job.gpus) : NO_GPUS),
    ...containerArguments(job, unsupported),
  ];
}

/** Hides GPUs even where the engine's default runtime gives them to every container. */
export const NO_GPUS: readonly string[] = ["--env", "NVIDIA_VISIBLE_DEVICES=void"];

/** Arguments that create a job's container, without those for its device. */
export function containerArguments(job: Job, unsupported: readonly Bound[] = []): string[] {
  const { uid, gid } = job.user;
  return [
    "--init",
    ...["--name", containerName(job.id)],
    ...Object.entries(job.labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    // Overrides the engine's default: a log that can be followed and cannot fill the disk.
    ...["--log-driver", "json-file"],
    ...["--log-opt", `max-size=${ENGINE_LOG_SIZE}`, "--log-opt", "max-file=2"],
    ...["--network", "none"],
    ...["--user", `${uid}:${gid}`, "--group-add", String(gid)],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...limitArguments(job.limits, unsupported),
    // Not every engine shows a container its CPU share; scripts would count the machine's cores.
    ...["--env", `MAMMOEVAL_CPUS=${job.limits.cpus}`],
    // Unbuffered output shows at once. bash reads the other variables from a file, which can test before it sets.
    ...["--env", "PYTHONUNBUFFERED=1", "--env", `BASH_ENV=${CONTAINER_PATHS.environment}`],
    ...["--tmpfs", `/tmp:rw,exec,nosuid,nodev,size=${job.limits.temporary}`],
    // The engine's default of 64 MB is too small for PyTorch's workers.
    ...["--shm-size", String(sharedMemoryBytes(job.limits))],
    ...(job.readOnlyRoot ? ["--read-only"] : []),
    // Hides the host's name servers: they are useless without a network, and a model need not know them.
    ...["--volume", "/dev/null:/etc/resolv.conf:ro"],
    ...job.mounts.flatMap((mount) => ["--mount", mountRequest(mount)]),
    ...["--workdir", job.workingFolder, "--entrypoint", "bash"],
    job.image,
    ...job.arguments,
  ];
}

function limitArguments(
  { memory, pids, cpus }: Job["limits"],
  unsupported: readonly Bound[],
): string[] {
  return [
    ...(unsupported.includes("memory") ? [] : ["--memory", memory, "--memory-swap", memory]),
    // A container has a user namespace of its own there, so that the kernel counts its processes alone.
    ...(unsupported.includes("processes")
      ? ["--ulimit", `nproc=${pids}:${pids}`]
      : ["--pids-limit", String(pids)]),
    ...(unsupported.includes("cores") ? [] : ["--cpus", String(cpus)]),
  ];
}

/** Size of /dev/shm, in bytes. */
function sharedMemoryBytes({ memory, sharedMemoryPercent }: Job["limits"]): number {
  return Math.floor(bytesOf(memory) * sharedMemoryPercent / 100);
}

/** Arguments of a container that only probes GPUs (indices). */
export function dockerProbeArguments(
  engine: ContainerEngine,
  image: string,
  gpus: readonly number[],
): string[] {
  return [
    "run",
    ...["--rm", "--network", "none", "--cap-drop", "ALL", "--user", "65534:65534"],
    ...["--label", PROBE_LABEL, ...engine.gpuArguments(gpus)],
    ...["--entrypoint", "bash", image, "-c", "exit 0"],
  ];
}

/** A value of `--mount` (CSV): unlike `-v`, it does not create a missing source and accepts a path with a colon. */
export function mountRequest({ source, target, readOnly }: Mount): string {
  const fields = [
    "type=bind",
    `source=${source}`,
    `destination=${target}`,
    ...(readOnly ? ["ro"] : []),
  ];
  return fields.map((field) => /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
    .join(",");
}

export interface BuildRequest {
  readonly context: string;
  readonly dockerfile: string;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Arguments of `docker build`; a failed build leaves no container behind. */
export function dockerBuildArguments(request: BuildRequest): string[] {
  return [
    "build",
    "--force-rm",
    ...["--tag", request.tag, "--file", request.dockerfile],
    ...Object.entries(request.buildArgs).flatMap((
      [name, value],
    ) => ["--build-arg", `${name}=${value}`]),
    ...Object.entries(request.labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    request.context,
  ];
}
