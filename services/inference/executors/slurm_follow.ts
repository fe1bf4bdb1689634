import { setTimeout as pause } from "node:timers/promises";
import { containerName } from "../engine/docker_arguments.ts";
import { endOf } from "../engine/executor.ts";
import type { ContainerState, FollowHooks, OnLine, RunEnd } from "../engine/executor.ts";
import { explainStartFailure } from "./docker_failures.ts";
import { createLogReader, textOf } from "./job_log.ts";
import { explainHopeless, explainState } from "./slurm_failures.ts";
import { interruptionOf, whyQueuedAgain } from "./slurm_interruptions.ts";
import { ANSWER_MS, LIVE_STATES, WAITING_STATES } from "./slurm_queue.ts";
import type { SlurmJob, SlurmQueue } from "./slurm_queue.ts";
import type { SlurmFiles } from "./slurm_script.ts";
import { timedLines } from "./timed_lines.ts";

/** Interval for polling a job's files, in milliseconds. */
const LOOK_INTERVAL_MS = 500;
/** Polls before a job without an end file counts as ended: shared volumes lag, and answers of Slurm are cached. */
const SILENT_LOOKS_MAX = 30;
/** Polls before a job that can never start counts as failed: a partition may be reconfigured. */
const HOPELESS_LOOKS_MAX = 30;
/** Inputs and callbacks of `follow`. */
interface FollowOptions {
  readonly onLine: OnLine;
  readonly since: string | null;
  readonly hooks: FollowHooks | undefined;
}

/** Follows one job to its end, over restarts of the job and of this process. */
export async function followSlurmJob(
  id: string,
  files: SlurmFiles,
  queue: SlurmQueue,
  { onLine, since, hooks }: FollowOptions,
): Promise<RunEnd> {
  const log = createLogReader(
    files.log,
    timedLines(since, onLine),
    (count) => hooks?.onBytes?.(count),
  );
  const starts = createStartWatch(id, files, queue, hooks);
  let silent = 0;
  let hopeless = 0;
  while (true) {
    await log.read();
    // Read the end before the start, which is written first: a job that starts and ends between two polls
    // still reports its start time and GPUs.
    const ended = await endFile(files);
    await starts.look(ended !== null);
    if (ended !== null) {
      await log.read();
      log.end();
      return ended;
    }
    const mayWait = starts.mayWait();
    const job = await queue.find(containerName(id));
    if (job === "unreachable") silent = 0;
    else if (job !== null && LIVE_STATES.has(job.state)) {
      silent = 0;
      const failure = WAITING_STATES.has(job.state) ? explainHopeless(job) : null;
      hopeless = failure === null ? 0 : hopeless + 1;
      if (failure !== null && hopeless >= HOPELESS_LOOKS_MAX) return { kind: "failed", failure };
      if (WAITING_STATES.has(job.state) && mayWait) await starts.waits(job.reason);
    } else if (++silent >= SILENT_LOOKS_MAX) return await silentEnd(job, files);
    await pause(LOOK_INTERVAL_MS);
  }
}

/** Reports when a job starts, and why it waits, before its first start and after a requeue. */
interface StartWatch {
  /** Reads the job's file and reports a new start. */
  look(hasEnded: boolean): Promise<void>;
  /** Whether an answer of Slurm is younger than the latest start, so that a job that it shows waiting does wait. */
  mayWait(): boolean;
  waits(reason: string): Promise<void>;
}

function createStartWatch(
  id: string,
  files: SlurmFiles,
  queue: SlurmQueue,
  hooks: FollowHooks | undefined,
): StartWatch {
  let latest: string | null = null;
  let seenAt = -Infinity;
  /** Why a job waits that has run already. */
  let again = "";

  async function waitsNow(): Promise<boolean> {
    const job = await queue.find(containerName(id));
    return job !== null && job !== "unreachable" && WAITING_STATES.has(job.state);
  }

  return {
    async look(hasEnded): Promise<void> {
      const isFirst = latest === null;
      const now = await textOf(files.started) ?? "";
      if (now === latest) return;
      latest = now;
      // A process that finds a job waiting again must not take the start before for one of now.
      if (now === "" || (isFirst && !hasEnded && await waitsNow())) return;
      seenAt = performance.now();
      again = "";
      const [at, gpus = ""] = now.trim().split(" ");
      hooks?.onStarted?.(at!, gpus.split(",").filter((text) => /^\d+$/.test(text)).map(Number));
    },
    mayWait: () => performance.now() - seenAt > ANSWER_MS,
    async waits(reason): Promise<void> {
      if (latest !== "" && again === "") again = await whyAgain(id, files, queue);
      hooks?.onWaiting?.(`waits in Slurm (${reason})${again}`);
    },
  };
}

async function whyAgain(id: string, files: SlurmFiles, queue: SlurmQueue): Promise<string> {
  const output = await textOf(files.output) ?? "";
  return ` because ${whyQueuedAgain(output, await queue.states(containerName(id)))}`;
}

/** The end as the script on the node recorded it. */
async function endFile(files: SlurmFiles): Promise<RunEnd | null> {
  const end = await textOf(files.end);
  if (end !== null) return endOf(JSON.parse(end) as ContainerState);
  const refused = await textOf(files.refused);
  if (refused === null) return null;
  const [, gpus = ""] = (await textOf(files.started) ?? "").trim().split(" ");
  const job = { gpus: gpus.split(",").map(Number), image: "of the model" };
  const result = { exitCode: 125, stdout: "", stderr: refused, durationMs: 0, aborted: false };
  return { kind: "failed", failure: explainStartFailure(job, result) };
}

async function silentEnd(job: SlurmJob | null, files: SlurmFiles): Promise<RunEnd> {
  const failure = job === null ? null : explainState(job, await textOf(files.output) ?? "");
  if (failure !== null) return { kind: "failed", failure };
  const why = interruptionOf(job?.state ?? "");
  return {
    kind: "vanished",
    ...(why !== null && { reason: `Slurm ended the job because ${why}` }),
  };
}
