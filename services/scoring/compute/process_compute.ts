import { Problem } from "../../../shared/http/mod.ts";
import {
  COMPUTED_BYTES_KEPT_MAX,
  JOB_S_MAX,
  JOBS_WAITING_MAX,
  JOBS_WAITING_OF_USER_MAX,
} from "../../../shared/limits.ts";
import type { Asker, Compute } from "./compute.ts";
import { type ComputeLane, type LaneAnswer, type LaneOptions, startLane } from "./compute_lane.ts";
import { sizeOfJob } from "./job_size.ts";
import type { JobKind, JobRequest, JobResult } from "./jobs.ts";
import { createResultCache } from "./result_cache.ts";
import { nextTurn, type Turn } from "./turns.ts";

/** A job that was asked for and is not done. */
interface Job extends Turn {
  readonly kind: JobKind;
  readonly request: unknown;
  /** Heap of its process, in MiB. */
  readonly heapMib: number;
  readonly done: PromiseWithResolvers<LaneAnswer>;
}

/** What the pool is made of. */
export interface ProcessComputeOptions extends LaneOptions {
  /** Processes at a time, at least 1. */
  readonly lanes: number;
  /** Longest that a job may take, in milliseconds. */
  readonly jobMs?: number;
}

/**
 * Does jobs in processes of their own, one job each at a time. A job that is cancelled, takes too long or too
 * much memory ends with its process, and with no other job.
 *
 * @param options how many, and what they are given
 */
export function createProcessCompute(options: ProcessComputeOptions): Compute {
  const { jobMs = JOB_S_MAX * 1000 } = options;
  const waiting: Job[] = [];
  const running = new Map<Job, ComputeLane>();
  const served = new Map<string, number>();
  const lanes = createLanes(options);
  const cache = createResultCache(COMPUTED_BYTES_KEPT_MAX);
  let stopped = false;

  function startNext(): void {
    const job = stopped ? null : nextTurn(waiting, [...running.keys()], options.lanes, served);
    if (job === null) return;
    waiting.splice(waiting.indexOf(job), 1);
    // Who was served last comes last.
    served.delete(job.user);
    served.set(job.user, Math.max(0, ...served.values()) + 1);
    const lane = lanes.take(job);
    running.set(job, lane);
    void lane.ask(job.kind, job.request, jobMs).then(job.done.resolve, job.done.reject)
      .finally(() => {
        running.delete(job);
        lanes.release(lane, job.isLarge);
        startNext();
      });
    startNext();
  }

  function cancel(job: Job): void {
    const at = waiting.indexOf(job);
    if (at >= 0) waiting.splice(at, 1);
    running.get(job)?.end();
    job.done.reject(new Problem("unavailable", "The caller has left: the computation was stopped"));
  }

  async function compute(
    turn: Omit<Job, "user" | "done">,
    { caller: { user }, signal }: Asker,
  ): Promise<LaneAnswer> {
    if (stopped) throw stopping();
    refuseCrowd(waiting, user);
    const job: Job = { ...turn, user, done: Promise.withResolvers<LaneAnswer>() };
    const leave = (): void => cancel(job);
    signal.addEventListener("abort", leave, { once: true });
    waiting.push(job);
    if (signal.aborted) leave();
    startNext();
    return await job.done.promise.finally(() => signal.removeEventListener("abort", leave));
  }

  return {
    async run<K extends JobKind>(
      kind: K,
      request: JobRequest<K>,
      asker: Asker,
    ): Promise<JobResult<K>> {
      const kept = cache.find(kind, request);
      if (kept !== null) return kept as JobResult<K>;
      const turn = { kind, request, ...sizeOfJob(kind, request) };
      const { answer, bytes } = await compute(turn, asker);
      if ("failure" in answer) throw new Error(`Cannot ${kind}: ${answer.failure}`);
      cache.keep(kind, request, answer.result, bytes);
      return answer.result as JobResult<K>;
    },
    async stop(): Promise<void> {
      stopped = true;
      for (const { done } of [...waiting.splice(0), ...running.keys()]) done.reject(stopping());
      await lanes.end();
    },
  };
}

/** Processes that have started. */
interface Lanes {
  /** One that does nothing; for a heavy job a fresh one, and no idle one keeps memory beside it. */
  take(job: Pick<Job, "isHeavy" | "heapMib">): ComputeLane;
  /** Keeps one for the next job; one that has held much gives its memory back by its end only. */
  release(lane: ComputeLane, isLarge: boolean): void;
  /** Ends all, and waits until they have ended. */
  end(): Promise<void>;
}

function createLanes(options: LaneOptions): Lanes {
  const all = new Set<ComputeLane>();
  const idle: ComputeLane[] = [];
  return {
    take({ isHeavy, heapMib }): ComputeLane {
      if (isHeavy) { for (const lane of idle.splice(0)) lane.end(); }
      const free = idle.pop();
      if (free?.alive) return free;
      const lane = startLane({ heapMib, ...options });
      all.add(lane);
      void lane.ended.then(() => all.delete(lane));
      return lane;
    },
    release(lane, isLarge): void {
      if (isLarge) lane.end();
      else if (lane.alive) idle.push(lane);
    },
    async end(): Promise<void> {
      const ending = [...all];
      for (const lane of ending) lane.end();
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}

function refuseCrowd(waiting: readonly Job[], user: string): void {
  const ofUser = waiting.filter((job) => job.user === user).length;
  if (ofUser >= JOBS_WAITING_OF_USER_MAX) {
    throw new Problem(
      "too_many_requests",
      `${ofUser} of your computations are waiting: ask again when some are done`,
      { headers: { "retry-after": "10" } },
    );
  }
  if (waiting.length >= JOBS_WAITING_MAX) {
    throw new Problem("unavailable", "Too many computations are waiting: ask again in a moment", {
      headers: { "retry-after": "10" },
    });
  }
}

function stopping(): Problem {
  return new Problem("unavailable", "The scoring service is stopping");
}
