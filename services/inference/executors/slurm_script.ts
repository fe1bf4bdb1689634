import { containerArguments, containerName, NO_GPUS } from "../engine/docker_arguments.ts";
import type { Measurement, Outcome, RunEnd } from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";
import { STARTS } from "./slurm_interruptions.ts";

/** Files by which a job on a node and mammoeval communicate over the shared volume. */
export interface SlurmFiles {
  /** Contains the other files. */
  readonly folder: string;
  readonly script: string;
  /** Slurm's id of the job or task. */
  readonly job: string;
  /** Output of the container, as `docker logs --timestamps` prints it. */
  readonly log: string;
  /** Output of Slurm and of the script itself. */
  readonly output: string;
  /** `<time> <GPUs>`, written just before the container starts. */
  readonly started: string;
  /** Docker's error when the container could not start. */
  readonly refused: string;
  /** The ended container's state, JSON as `docker inspect` gives it. */
  readonly end: string;
}

/** Files in the folder of one job, on the shared volume. */
export function slurmFiles(folder: string): SlurmFiles {
  return {
    folder,
    script: `${folder}/job.sh`,
    job: `${folder}/job`,
    log: `${folder}/log`,
    output: `${folder}/slurm.out`,
    started: `${folder}/started`,
    refused: `${folder}/refused`,
    end: `${folder}/end.json`,
  };
}

/** What runs the container of a job on its node. */
export interface SlurmRuntime {
  /** Returns the job's batch script; its folder exists. */
  prepare(job: Job, files: SlurmFiles): Promise<Outcome<string>>;
  /** Explains an end that means that the container could not start; returns other ends as they are. */
  explainEnd(files: SlurmFiles, end: RunEnd): Promise<RunEnd>;
  /** Resources that a running job uses now; null when unknown. */
  measure(files: SlurmFiles): Promise<Measurement | null>;
  /** Why Slurm does not measure the container; null where it does. */
  readonly outsideOfJob: string | null;
}

/** First lines of every batch script: it gets no environment. */
export const SCRIPT_HEAD = `#!/bin/bash
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
echo "${STARTS}"`;

/**
 * The batch script of one job: a detached container, removed in a trap when Slurm ends the job.
 * @param archive image archive that a node loads if it lacks the image and the archive exists
 */
export function slurmScript(job: Job, files: SlurmFiles, archive: string): string {
  const args = containerArguments(job);
  return `${SCRIPT_HEAD}
name=${quoted(containerName(job.id))}
image=${quoted(job.image)}
archive=${quoted(archive)}
log=${quoted(files.log)}
started=${quoted(files.started)}
refused=${quoted(files.refused)}
end=${quoted(files.end)}

# A job that Slurm has queued again may find what its first start left.
docker rm --force --volumes "$name" >/dev/null 2>&1
rm -f "$end" "$refused"

# Slurm signals every process of the job, and Docker's client then gives up: it is asked until it has removed the container.
remove() {
  trap "" TERM INT
  until answer=$(docker rm --force --volumes "$name" 2>&1) || [[ $answer == *"No such container"* ]]; do
    sleep 0.1
  done
  exit 143
}
trap remove TERM INT

if ! docker image inspect "$image" >/dev/null 2>&1 && [ -f "$archive" ]; then
  docker load --quiet --input "$archive"
fi
gpus=(${NO_GPUS.join(" ")})
if [ ${job.device === "gpu" ? 1 : 0} = 1 ]; then
  gpus=(--gpus "\\"device=\${SLURM_JOB_GPUS:-\${CUDA_VISIBLE_DEVICES:-none}}\\"")
fi
echo "$(date -u +%Y-%m-%dT%H:%M:%S.000Z) \${SLURM_JOB_GPUS:-}" >"$started.partial" && mv "$started.partial" "$started"
if ! docker run --detach "\${gpus[@]}" ${
    args.map(quoted).join(" ")
  } 2>"$refused.partial" >/dev/null; then
  docker rm --force --volumes "$name" >/dev/null 2>&1
  mv "$refused.partial" "$refused"
  exit 1
fi
docker logs --follow --timestamps "$name" >>"$log" 2>&1 &
following=$!
docker wait "$name" >/dev/null &
# Only while it waits for a child in the background does bash hear a signal at once.
wait $! || exit 1
wait "$following"
# Followers do not get a last line without a line end.
last=$(awk '$1 > last { last = $1 } END { print last }' "$log")
docker logs --timestamps --since "$last" "$name" 2>&1 | awk -v last="$last" '$1 > last' >>"$log"
docker inspect --format '{{json .State}}' "$name" >"$end.partial" || exit 1
docker rm --force --volumes "$name" >/dev/null 2>&1
mv "$end.partial" "$end"
`;
}

/** Quotes any text as one shell word. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
