import { mountRequest } from "./docker_arguments.ts";
import { CONTAINER_PATHS, type Job, type Mount } from "./job.ts";

/** Files and folders of one run on the volume; with Docker, the engine would keep them. */
export interface RunPlaces {
  /** SIF file of the image. */
  readonly image: string;
  /** An empty file, mounted over /etc/resolv.conf. */
  readonly nothing: string;
  /** Overlay for writes over the image; unused when the root is read-only. */
  readonly overlay: string;
  /** Holds the container's /tmp and /var/tmp. */
  readonly temporary: string;
}

/**
 * Turns a job into the arguments of `apptainer`: no network; only the named host files, environment and devices;
 * own processes; a read-only image. `supervise.sh` bounds memory, processes and cores.
 */
export function apptainerArguments(job: Job, places: RunPlaces): string[] {
  return [
    ...["--silent", "exec"],
    // The runtime runs as the caller, without set-uid: no capabilities, no new privileges.
    ...["--containall", "--no-home", "--no-mount", "sys,hostfs,bind-paths", "--no-privs"],
    ...["--net", "--network", "none"],
    ...(job.device === "gpu" ? ["--nv"] : []),
    ...(job.readOnlyRoot ? [] : ["--overlay", places.overlay]),
    ...["--workdir", places.temporary],
    ...["--env", `MAMMOEVAL_CPUS=${job.limits.cpus}`],
    ...["--env", "PYTHONUNBUFFERED=1", "--env", `BASH_ENV=${CONTAINER_PATHS.environment}`],
    // A clean environment drops this variable, and libraries would then take the machine's first GPU.
    ...["--env", `CUDA_VISIBLE_DEVICES=${job.device === "gpu" ? job.gpus.join(",") : ""}`],
    ...[...job.mounts, nameServers(places)].flatMap((mount) => ["--mount", mountRequest(mount)]),
    ...["--pwd", job.workingFolder],
    places.image,
    "bash",
    ...job.arguments,
  ];
}

/** Hides the host's name servers: they are useless without a network, and a model need not know them. */
function nameServers({ nothing }: RunPlaces): Mount {
  return { source: nothing, target: "/etc/resolv.conf", readOnly: true };
}
