import type { Failure } from "../engine/executor.ts";
import { bytesOf, sizeText } from "../../../shared/size.ts";
import type { Job } from "../engine/job.ts";
import { gpusIn, type SlurmJob } from "./slurm_queue.ts";

/** Errors of an unreachable controller; a retry may succeed. */
const CONTROLLER_AWAY =
  /unable to contact slurm controller|socket timed out|connection refused|communication connection failure|transport endpoint|zero bytes were transmitted/i;

/** Whether `sbatch`'s error output is worth a retry. */
export function isControllerAway(said: string): boolean {
  return CONTROLLER_AWAY.test(said);
}

/** Explains why Slurm refused a job, from the error output of `sbatch`. */
export function explainRefusal(job: Job, said: string): Failure {
  const reason = said.trim().split("\n").at(-1)?.replace(/^sbatch: error: /, "") ?? "";
  if (/cannot be started/.test(said)) {
    const message =
      "There is no sbatch on this machine: install Slurm's client, or set MAMMOEVAL_EXECUTOR";
    return { type: "container_failed", message };
  }
  const asked = [
    ...job.gpuCount > 0 ? [`${job.gpuCount} GPU`] : [],
    `${sizeText(bytesOf(job.limits.memory))} of memory`,
    `${Math.ceil(job.limits.cpus)} cores`,
  ].join(", ");
  return {
    type: job.gpuCount > 0 ? "gpu_unavailable" : "container_failed",
    message:
      `Slurm refused a job that requests ${asked}: ${reason}. Request less (limits), or check ` +
      "sinfo and MAMMOEVAL_SLURM_OPTIONS",
  };
}

/** Reasons for which a job waits for ever unless someone changes it or the cluster. */
const HOPELESS: readonly { reason: RegExp; advice: string; gpus?: true }[] = [
  {
    reason: /^Partition(TimeLimit|Config|Inactive)$/,
    advice: "the partition refuses such jobs: check whether timeout_s is over its limit",
  },
  {
    reason: /^(PartitionNodeLimit|BadConstraints|Constraints)$/,
    advice: "no node has the requested resources: see sinfo and MAMMOEVAL_SLURM_OPTIONS",
    gpus: true,
  },
  {
    reason: /^(Invalid(Account|QOS)|AccountNotAllowed|QOSNotAllowed)$/,
    advice: "name an account that may use the partition in MAMMOEVAL_SLURM_OPTIONS",
  },
  {
    reason: /^(JobHeldAdmin|launch failed requeued held|job requeued in held state)$/i,
    advice: "it is held: see scontrol show job",
  },
];

/** The failure of a job that waits, or would have waited, for ever; otherwise null. */
export function explainHopeless({ reason, comment }: SlurmJob): Failure | null {
  const known = HOPELESS.find((entry) => entry.reason.test(reason));
  if (known === undefined) return null;
  return {
    type: known.gpus === true && gpusIn(comment) > 0 ? "gpu_unavailable" : "container_failed",
    message: `Slurm will never start this job (${reason}): ${known.advice}`,
  };
}

const TOO_LATE: Failure = {
  type: "timed_out",
  message:
    "Slurm ended the job at its time limit: raise timeout_s, time_limit_s in MAMMOEVAL_SLURM_MODELS, or the partition's limit",
};
/** Failures by Slurm's state of the job. */
const ENDED: Readonly<Record<string, Failure>> = {
  TIMEOUT: TOO_LATE,
  DEADLINE: TOO_LATE,
  OUT_OF_MEMORY: {
    type: "out_of_memory",
    message: "Slurm ended the job because it ran out of memory: raise limits.memory",
  },
};

/** How Slurm ended a job without an end file, by its output; null when the platform interrupted it. */
export function explainState(job: SlurmJob, output: string): Failure | null {
  const hasNoDocker = /docker: (command )?not found/.test(output);
  if (job.state === "CANCELLED") {
    const message = `The job was cancelled in Slurm by another user${lastLine(output)}`;
    return { type: "container_failed", message };
  }
  if (job.state !== "FAILED") return ENDED[job.state] ?? null;
  if (!hasNoDocker) return explainHopeless(job);
  const message = "The node has no docker: every node of the partition needs an engine";
  return { type: "container_failed", message };
}

function lastLine(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${line}`;
}
