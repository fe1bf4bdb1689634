import { CONTAINER_PATHS, type Job, type Mount } from "./job.ts";

/** What one run keeps on the volume while no engine does. */
export interface RunPlaces {
  /** SIF file of the image. */
  readonly image: string;
  /** An empty file: what the container finds in the place of the host's name servers. */
  readonly nothing: string;
  /** What the container writes over its image; not used where its root is read-only. */
  readonly overlay: string;
  /** Holds the container's /tmp and /var/tmp. */
  readonly temporary: string;
}

/**
 * Turns a job into the arguments of `apptainer`: no network, nothing of the host's files, environment,
 * processes or devices but what is named, images read-only. Memory, processes and cores are looked
 * after by `supervise.sh`.
 *
 * @param job what shall run
 * @param places on the volume
 */
export function apptainerArguments(job: Job, places: RunPlaces): string[] {
  return [
    ...["--silent", "exec"],
    // Capabilities and new privileges there are none: the runtime runs as the caller, without set-uid.
    ...["--containall", "--no-home", "--no-mount", "sys,hostfs,bind-paths", "--no-privs"],
    ...["--net", "--network", "none"],
    ...(job.device === "gpu" ? ["--nv"] : []),
    ...(job.readOnlyRoot ? [] : ["--overlay", places.overlay]),
    ...["--workdir", places.temporary],
    ...["--env", `MAMMOEVAL_CPUS=${job.limits.cpus}`],
    ...["--env", "PYTHONUNBUFFERED=1", "--env", `BASH_ENV=${CONTAINER_PATHS.environment}`],
    // A clean environment drops it, and libraries would take the first GPU of the machine.
    ...["--env", `CUDA_VISIBLE_DEVICES=${job.device === "gpu" ? job.gpus.join(",") : ""}`],
    ...[...job.mounts, nameServers(places)].flatMap((mount) => ["--mount", mountRequest(mount)]),
    ...["--pwd", job.workingFolder],
    places.image,
    "bash",
    ...job.arguments,
  ];
}

/** Without a network there is nobody to ask, and the site's servers are none of a model's business. */
function nameServers({ nothing }: RunPlaces): Mount {
  return { source: nothing, target: "/etc/resolv.conf", readOnly: true };
}

/** CSV, as Docker's, with the long names: a path with a comma or a colon stays one. */
function mountRequest(mount: Mount): string {
  const fields = ["type=bind", `source=${mount.source}`, `destination=${mount.target}`];
  if (mount.readOnly) fields.push("ro");
  return fields.map((field) => /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
    .join(",");
}
