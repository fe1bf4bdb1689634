import { bytesOf } from "../../../shared/size.ts";
import { CONTAINER_PATHS, type Job, type Mount } from "./job.ts";

/** Label that finds all containers of mammoeval. */
export const EVALUATION_LABEL = "mammoeval.evaluation";
/** Label of a model's images and containers: the model's name. */
export const MODEL_LABEL = "mammoeval.model";
/** Label of images that models build on: the folder's name. */
export const BASE_LABEL = "mammoeval.base";
/** Label that tells containers and images of one volume from those of another on the same engine. */
export const VOLUME_LABEL = "mammoeval.volume";
/** Label with the volume's random id: another machine's volume on the same engine may have the same path. */
export const VOLUME_ID_LABEL = "mammoeval.volume_id";

/** Label of the containers that only ask for GPUs. */
const PROBE_LABEL = "mammoeval.probe";
/** Size of the log that the engine keeps of a container: what it loses, the evaluation's own log has. */
const ENGINE_LOG_SIZE = "64m";

/** @returns the name of its container */
export function containerName(evaluation: string): string {
  return `mammoeval-${evaluation}`;
}

/**
 * Turns a job into the arguments of `docker`, one array, never a shell line: no network, no
 * capabilities, no new privileges, a user that is not root, images read-only, bounded memory
 * (no swap on top), processes and cores.
 *
 * @param job what shall run
 * @returns arguments that make the container; it is started by its id
 */
export function dockerCreateArguments(job: Job): string[] {
  return ["create", ...deviceArguments(job), ...containerArguments(job)];
}

/** Keeps GPUs away, also where the engine's default runtime gives them to everybody. */
export const NO_GPUS: readonly string[] = ["--env", "NVIDIA_VISIBLE_DEVICES=void"];

function deviceArguments({ device, gpus }: Job): readonly string[] {
  return device === "gpu" ? ["--gpus", gpuRequest(gpus)] : NO_GPUS;
}

/**
 * @param job what shall run
 * @returns arguments for making its container, without those for its device
 */
export function containerArguments(job: Job): string[] {
  const { uid, gid } = job.user;
  return [
    "--init",
    ...["--name", containerName(job.id)],
    ...Object.entries(job.labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    // Whatever the site's engine is set to: a log that can be followed, and that cannot fill its disk.
    ...["--log-driver", "json-file"],
    ...["--log-opt", `max-size=${ENGINE_LOG_SIZE}`, "--log-opt", "max-file=2"],
    ...["--network", "none"],
    ...["--user", `${uid}:${gid}`, "--group-add", String(gid)],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--memory", job.limits.memory, "--memory-swap", job.limits.memory],
    ...["--pids-limit", String(job.limits.pids), "--cpus", String(job.limits.cpus)],
    // Not every engine lets a container see its share, and a script would count the machine's cores.
    ...["--env", `MAMMOEVAL_CPUS=${job.limits.cpus}`],
    // What a model prints is seen when it is printed; the rest is read by bash, which can look before it sets.
    ...["--env", "PYTHONUNBUFFERED=1", "--env", `BASH_ENV=${CONTAINER_PATHS.environment}`],
    ...["--tmpfs", `/tmp:rw,exec,nosuid,nodev,size=${job.limits.temporary}`],
    // The engine's own 64 MB are too few for what PyTorch's workers share.
    ...["--shm-size", String(sharedMemoryBytes(job.limits))],
    ...(job.readOnlyRoot ? ["--read-only"] : []),
    // Without a network there is nobody to ask, and the site's servers are none of a model's business.
    ...["--volume", "/dev/null:/etc/resolv.conf:ro"],
    ...job.mounts.flatMap((mount) => ["--mount", mountRequest(mount)]),
    ...["--workdir", job.workingFolder, "--entrypoint", "bash"],
    job.image,
    ...job.arguments,
  ];
}

/** Size of /dev/shm, in bytes. */
function sharedMemoryBytes({ memory, sharedMemoryPercent }: Job["limits"]): number {
  return Math.floor(bytesOf(memory) * sharedMemoryPercent / 100);
}

/**
 * Arguments of a container that does nothing but ask for GPUs.
 *
 * @param gpus indices
 */
export function dockerProbeArguments(image: string, gpus: readonly number[]): string[] {
  return [
    "run",
    ...["--rm", "--network", "none", "--cap-drop", "ALL", "--user", "65534:65534"],
    ...["--label", PROBE_LABEL, "--gpus", gpuRequest(gpus)],
    ...["--entrypoint", "bash", image, "-c", "exit 0"],
  ];
}

/** Docker reads the value of `--gpus` as CSV: several indices must stand in quotes of their own. */
function gpuRequest(gpus: readonly number[]): string {
  const devices = `device=${gpus.join(",")}`;
  return gpus.length > 1 ? `"${devices}"` : devices;
}

/** `--mount` is CSV too; unlike `-v` it makes no missing source and takes a path with a colon. */
function mountRequest(mount: Mount): string {
  const fields = ["type=bind", `source=${mount.source}`, `target=${mount.target}`];
  if (mount.readOnly) fields.push("readonly");
  return fields.map((field) => /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
    .join(",");
}

/** What one image build needs. */
export interface BuildRequest {
  /** Absolute path of the build context. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly dockerfile: string;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * @param request context, Dockerfile, tag, arguments
 * @returns arguments of `docker`; a failed build leaves no container behind
 */
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
