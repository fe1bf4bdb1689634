import { fileURLToPath } from "node:url";
import { mountRequest } from "../engine/docker_arguments.ts";
import { explainStartFailure } from "./docker_failures.ts";
import { type Measurement, type Outcome, refused, type RunEnd } from "../engine/executor.ts";
import { CONTAINER_PATHS, type Job, type Mount } from "../engine/job.ts";
import { textOf } from "./job_log.ts";

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

/** Arguments of `apptainer`: no network, only named files and devices; `supervise.sh` sets the bounds. */
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

/** Script that supervises one container. */
export const SUPERVISOR = fileURLToPath(new URL("./supervise.sh", import.meta.url));

/** Refuses a job of another user, whom Apptainer cannot run a container as. */
export function anotherUser(job: Job): Outcome<never> | null {
  return job.user.uid === Deno.uid() ? null : refused(
    "container_failed",
    `Apptainer runs containers as the user who runs mammoeval (${Deno.uid()}), and users.txt says ` +
      `${job.user.uid}: start mammoeval as that user, or without users.txt`,
  );
}

/** Exit code and messages of a runtime that could not start a container; a model may print the same after it started. */
const NOT_STARTED = 255;
const RUNTIME_SAYS = /^\S+ (?:FATAL|ERROR|WARNING|INFO):\s*(?<reason>.*)/;

/** Explains an end that means that Apptainer could not start the container; returns other ends as they are. */
export async function startFailure(files: { readonly log: string }, end: RunEnd): Promise<RunEnd> {
  if (end.kind !== "exited" || end.exitCode !== NOT_STARTED) return end;
  const lines = (await textOf(files.log) ?? "").trim().split("\n");
  if (!lines.every((line) => RUNTIME_SAYS.test(line))) return end;
  const stderr = RUNTIME_SAYS.exec(lines.at(-1)!)!.groups!["reason"]!;
  const result = { ...end, stdout: "", stderr, durationMs: 0, aborted: false };
  return { kind: "failed", failure: explainStartFailure({ gpus: [], image: "the model" }, result) };
}

/**
 * Reads the file `usage` of `supervise.sh`. Before the first process of a container is seen, memory is unknown rather
 * than 0.
 */
export function readUsage(
  text: string,
): Pick<Measurement, "memoryBytes" | "cpuSeconds" | "processes"> {
  const [, peak = 0, cpuSeconds = null, processes = null] = text.trim().split(" ").map(Number);
  return { memoryBytes: peak === 0 ? null : peak, cpuSeconds, processes };
}
