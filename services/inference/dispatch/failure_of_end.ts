import { sizeText } from "../../../shared/size.ts";
import type { Failure, RunEnd } from "../engine/executor.ts";
import type { JobLimits } from "../engine/job.ts";
import { tooManyProcesses } from "./limit_failures.ts";

/** Exit code after SIGKILL. */
const KILLED = 137;
/** Exit code of a shell, or of the container's init, when a program is not found. */
const NOT_FOUND = 127;

/** Messages of shells, Python and the C library when no process can be created. */
const NO_PROCESS = /can't (?:fork|start new thread)|pthread_create failed/i;
/** Further such messages, as two patterns in one line: what failed, and why. */
const NO_PROCESS_WORDS = [
  [/fork: /i, /Resource temporarily unavailable|retry/i],
  [/BlockingIOError/i, /Errno 11/i],
] as const;
/** Their messages when no space is left. */
const NO_SPACE = /No space left on device|Errno 28|ENOSPC|Disk quota exceeded/i;

/** Exit code after SIGBUS: a full /dev/shm could not back the memory that a process touched. */
const BUS_ERROR = 135;
/** Messages of shells, Python and PyTorch for the same. */
const SAYS_BUS_ERROR = /\bbus error\b|insufficient shared memory/i;

/** Messages of programs about the container's restrictions, with a hint for the user. */
const CONTAINER_HINTS: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  {
    sign:
      /Temporary failure in name resolution|Could not resolve host|Name or service not known|getaddrinfo|Network is unreachable|ENETUNREACH|EAI_AGAIN|URLError|Max retries exceeded/i,
    hint: " The container has no network: fetch code and weights in the Dockerfile.",
  },
  {
    sign: /Read-only file system|EROFS|Errno 30/i,
    hint:
      " This part of the container's file system is read-only: write to the folders that predict.sh is " +
      "given, or to /tmp.",
  },
  {
    sign: /exec format error|cannot execute binary file|: [\x7f\ufffd]?ELF/i,
    hint:
      " The image, or a program in it, is for a different processor architecture: build it for this machine.",
  },
  {
    sign: /^(?=.*\/home\/images\b)(?=.*permission denied)/i,
    hint:
      " The container's user cannot read an image: allow others to read it (chmod o+r, o+x for folders).",
  },
  {
    sign: /\ufeff|#!\/[^\s:#]+: No such file/,
    hint: " predict.sh begins with a byte order mark: save it without one.",
  },
  { sign: /\$'[^'$\n]*\\r'/, hint: " predict.sh has Windows line endings: save it with LF." },
];

/** What is known of a run besides how its container ended. */
export interface EndContext {
  /** The exceeded limit for which it was stopped, if any. */
  readonly breach: Failure | null;
  readonly limits: Pick<JobLimits, "memory" | "pids" | "temporary" | "sharedMemoryPercent">;
  /** The last lines of the model's output. */
  readonly tail: readonly string[];
  /** Free space on the volume (null if unknown), and the minimum. */
  readonly freeBytes: number | null;
  readonly diskFreeBytes: number;
}

/** The failure, or null when the run ended well. Memory first: a script may exit with 0 all the same. */
export function failureOfEnd(
  end: Extract<RunEnd, { kind: "exited" }>,
  context: EndContext,
): Failure | null {
  // A run that ended by itself, perhaps unobserved, was not stopped.
  if (context.breach !== null && end.exitCode === KILLED) return context.breach;
  if (end.outOfMemory) {
    return {
      type: "out_of_memory",
      message: `The run needed more memory than its limit of ${context.limits.memory}: raise ` +
        "limits.memory and MAMMOEVAL_MEMORY, or lower NUM_PROCESSES",
    };
  }
  if (end.exitCode === 0) return null;
  return declaredFailure(context.tail) ?? failureInLastWords(context) ?? {
    type: "container_failed",
    message: `predict.sh ended with exit code ${end.exitCode}${
      hintOf(end, context)
    }: see the last lines of the log.${containerHint(context.tail)}`,
  };
}

function failureInLastWords(
  { tail, limits, freeBytes, diskFreeBytes }: EndContext,
): Failure | null {
  if (tail.some(saysNoProcess)) return tooManyProcesses(limits.pids);
  if (!tail.some((line) => NO_SPACE.test(line))) return null;
  const volume = freeBytes !== null && freeBytes < diskFreeBytes
    ? `the volume has ${sizeText(freeBytes)} free: delete evaluations or free some space`
    : `the volume has free space: /tmp in the container is limited to ${limits.temporary}, and the engine's ` +
      "disk may be full (docker system df)";
  return {
    type: "disk_full",
    message: `The model failed because no space was left on a device; ${volume}`,
  };
}

function saysNoProcess(line: string): boolean {
  return NO_PROCESS.test(line) ||
    NO_PROCESS_WORDS.some(([what, why]) => {
      const at = line.search(what);
      return at >= 0 && why.test(line.slice(at));
    });
}

function containerHint(tail: readonly string[]): string {
  return CONTAINER_HINTS.find(({ sign }) => tail.some((line) => sign.test(line)))?.hint ?? "";
}

function hintOf(
  { exitCode, engineError }: Extract<RunEnd, { kind: "exited" }>,
  { tail, limits }: EndContext,
): string {
  if (exitCode === BUS_ERROR || tail.some((line) => SAYS_BUS_ERROR.test(line))) {
    return ` (bus error: /dev/shm, ${limits.sharedMemoryPercent} % of ${limits.memory}, was too small for the memory that its ` +
      "processes share; raise limits.memory or MAMMOEVAL_SHM_PERCENT, or lower NUM_PROCESSES)";
  }
  if (exitCode === KILLED) return " (killed)";
  if (exitCode === NOT_FOUND) {
    return " (a program was not found; bash itself, if the image has none)";
  }
  return engineError === "" ? "" : ` (${engineError})`;
}

/** Types that a model may report for its own failure; the platform decides the others. */
const TYPES = ["gpu_unavailable", "out_of_memory", "container_failed"] as const;

const FORM = /^mammoeval: error: ([a-z_]+): (.+)$/;

/** The last line `mammoeval: error: <type>: <sentence>`, or null; other types are `container_failed`. */
export function declaredFailure(tail: readonly string[]): Failure | null {
  const match = tail.map((line) => FORM.exec(line)).findLast((found) => found !== null);
  if (match === undefined || match === null) return null;
  const type = TYPES.find((known) => known === match[1]) ?? "container_failed";
  return { type, message: `The model says: ${match[2]}` };
}
