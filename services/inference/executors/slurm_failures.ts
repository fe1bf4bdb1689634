import type { Failure } from "./executor.ts";
import { bytesOf, sizeText } from "../../../shared/size.ts";
import type { Job } from "./job.ts";
import { gpusIn } from "./slurm_comment.ts";
import type { SlurmJob } from "./slurm_queue.ts";

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
    return {
      type: "container_failed",
      message:
        "There is no sbatch on this machine: install Slurm's client, or set MAMMOEVAL_EXECUTOR",
    };
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

/**
 * Explains how Slurm ended a job whose script left no end file.
 * @param output of its script and of Slurm
 * @returns the failure, or null when the platform interrupted the job
 */
export function explainState(job: SlurmJob, output: string): Failure | null {
  switch (job.state) {
    case "TIMEOUT":
    case "DEADLINE":
      return {
        type: "timed_out",
        message: "Slurm ended the job at its time limit: raise timeout_s, or the partition's limit",
      };
    case "OUT_OF_MEMORY":
      return {
        type: "out_of_memory",
        message: "Slurm ended the job because it ran out of memory: raise limits.memory",
      };
    case "CANCELLED":
      return {
        type: "container_failed",
        message: `The job was cancelled in Slurm by another user${lastLine(output)}`,
      };
    case "FAILED":
      return /docker: (command )?not found/.test(output)
        ? {
          type: "container_failed",
          message: "The node has no docker: every node of the partition needs an engine",
        }
        : explainHopeless(job);
    default:
      return null;
  }
}

function lastLine(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${line}`;
}
