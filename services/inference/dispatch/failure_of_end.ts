import { sizeText } from "../../../shared/size.ts";
import { declaredFailure } from "./declared_failure.ts";
import type { Failure, RunEnd } from "../executors/executor.ts";
import type { JobLimits } from "../executors/job.ts";
import { tooManyProcesses } from "./limit_failures.ts";

/** Exit code of a process that SIGKILL has ended. */
const KILLED = 137;
/** Exit code of a shell, or of the container's init, that did not find the program. */
const NOT_FOUND = 127;

/** How shells, Python and the C library say that no further process could be made. */
const NO_PROCESS =
  /fork: .*(Resource temporarily unavailable|retry)|can't (fork|start new thread)|BlockingIOError.*Errno 11|pthread_create failed/i;
/** How the same say that there is no space left. */
const NO_SPACE = /No space left on device|Errno 28|ENOSPC|Disk quota exceeded/i;

/** What is known of a run besides how its container ended. */
export interface EndContext {
  /** What it was stopped for, if it was. */
  readonly breach: Failure | null;
  readonly limits: Pick<JobLimits, "memory" | "pids" | "temporary">;
  /** The last lines that the model printed. */
  readonly tail: readonly string[];
  /** Free space on the volume, if known, and the least that there must be. */
  readonly freeBytes: number | null;
  readonly diskFreeBytes: number;
}

/**
 * Reads from how a container ended whether the run failed, and why. Memory is looked at first: a
 * script may end with 0 although the kernel has killed its child.
 *
 * @param end exit code and what the engine knows
 * @param context what it was stopped for, its limits, its last words
 * @returns the failure, or null when it ended well
 */
export function failureOfEnd(
  end: Extract<RunEnd, { kind: "exited" }>,
  context: EndContext,
): Failure | null {
  // What has ended by itself in the meantime, perhaps while nobody looked, was not stopped.
  if (context.breach !== null && end.exitCode === KILLED) return context.breach;
  if (end.outOfMemory) {
    return {
      type: "out_of_memory",
      message: `The run needed more memory than the ${context.limits.memory} it may have: raise ` +
        "limits.memory and MAMMOEVAL_MEMORY, or lower NUM_PROCESSES",
    };
  }
  if (end.exitCode === 0) return null;
  return declaredFailure(context.tail) ?? failureInLastWords(context) ?? {
    type: "container_failed",
    message: `predict.sh ended with exit code ${end.exitCode}${
      hintOf(end)
    }: the log's last lines tell why`,
  };
}

function failureInLastWords(
  { tail, limits, freeBytes, diskFreeBytes }: EndContext,
): Failure | null {
  if (tail.some((line) => NO_PROCESS.test(line))) return tooManyProcesses(limits.pids);
  if (!tail.some((line) => NO_SPACE.test(line))) return null;
  const volume = freeBytes !== null && freeBytes < diskFreeBytes
    ? `the volume has ${sizeText(freeBytes)} free: delete evaluations or make room`
    : `the volume has room: /tmp in the container holds ${limits.temporary}, and the engine's own ` +
      "disk may be full (docker system df)";
  return { type: "disk_full", message: `The model found no space left on a device; ${volume}` };
}

function hintOf({ exitCode, engineError }: Extract<RunEnd, { kind: "exited" }>): string {
  if (exitCode === KILLED) return " (killed)";
  if (exitCode === NOT_FOUND) {
    return " (a program was not found; bash itself, if the image has none)";
  }
  return engineError === "" ? "" : ` (${engineError})`;
}
