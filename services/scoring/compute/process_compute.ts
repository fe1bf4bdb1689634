import { LRUCache } from "lru-cache";
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
import { isLasting, resultKey } from "./result_key.ts";

interface Job extends Turn {
  readonly users: string[];
  readonly kind: JobKind;
  /** From {@linkcode resultKey}. */
  readonly key: string | null;
  readonly request: unknown;
  readonly heapMib: number;
  readonly done: PromiseWithResolvers<LaneAnswer>;
}

type SizedJob = Omit<Job, "users" | "done">;

export interface ProcessComputeOptions extends LaneOptions {
  /** Maximum number of processes, at least 1. */
  readonly lanes: number;
  readonly jobMs?: number;
}

/** A pool of processes that run one job each. Cancelling a job or exceeding its limits kills its process. */
export function createProcessCompute(options: ProcessComputeOptions): Compute {
  const queue = createQueue(options);
  const cache = new LRUCache<string, { readonly result: unknown; readonly bytes: number }>({
    maxSize: COMPUTED_BYTES_KEPT_MAX,
    sizeCalculation: ({ bytes }) => bytes,
  });
  return {
    async run<K extends JobKind>(
      kind: K,
      request: JobRequest<K>,
      asker: Asker,
    ): Promise<JobResult<K>> {
      const key = resultKey(kind, request);
      const kept = key === null ? undefined : cache.get(key);
      if (kept !== undefined) return kept.result as JobResult<K>;
      const sized = { kind, request, key, ...sizeOfJob(kind, request) };
      const { answer, bytes } = await queue.compute(sized, asker);
      if ("failure" in answer) throw new Error(`Cannot ${kind}: ${answer.failure}`);
      if (key !== null && isLasting(answer.result)) {
        cache.set(key, { result: answer.result, bytes });
      }
      return answer.result as JobResult<K>;
    },
    stop: queue.stop,
  };
}

/** The queue of waiting and running jobs. Identical requests share one job. */
function createQueue(
  options: ProcessComputeOptions,
): Pick<Compute, "stop"> & { compute(sized: SizedJob, asker: Asker): Promise<LaneAnswer> } {
  const { jobMs = JOB_S_MAX * 1000 } = options;
  const waiting: Job[] = [];
  const running = new Map<Job, ComputeLane>();
  const served = new Map<string, number>();
  const lanes = createLanes(options);
  let stopped = false;

  function startNext(): void {
    const job = stopped ? null : nextTurn(waiting, [...running.keys()], options.lanes, served);
    if (job === null) return;
    waiting.splice(waiting.indexOf(job), 1);
    // The user served last goes last.
    const turn = Math.max(0, ...served.values()) + 1;
    for (const user of job.users) served.set(user, turn);
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

  /** Removes a user from a job; a job without users is cancelled. */
  function leave(job: Job, user: string): void {
    job.users.splice(job.users.indexOf(user), 1);
    if (job.users.length > 0) return;
    const at = waiting.indexOf(job);
    if (at >= 0) waiting.splice(at, 1);
    running.get(job)?.end();
    job.done.reject(disconnected());
  }

  async function compute(
    sized: SizedJob,
    { caller: { user }, signal }: Asker,
  ): Promise<LaneAnswer> {
    if (stopped) throw stopping();
    const same = sameJob([...waiting, ...running.keys()], sized.key);
    if (same === undefined) refuseCrowd(waiting, user);
    const job = same ?? { ...sized, users: [], done: Promise.withResolvers<LaneAnswer>() };
    if (same === undefined) waiting.push(job);
    job.users.push(user);
    const left = Promise.withResolvers<never>();
    const abort = (): void => {
      left.reject(disconnected());
      leave(job, user);
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    startNext();
    return await Promise.race([job.done.promise, left.promise])
      .finally(() => signal.removeEventListener("abort", abort));
  }

  return {
    compute,
    async stop(): Promise<void> {
      stopped = true;
      for (const { done } of [...waiting.splice(0), ...running.keys()]) done.reject(stopping());
      await lanes.end();
    },
  };
}

/** Finds a job to join. A job that all callers have left runs until its process exits. */
function sameJob(jobs: readonly Job[], wanted: string | null): Job | undefined {
  return jobs.find(({ key, users }) => key !== null && key === wanted && users.length > 0);
}

interface Lanes {
  /** Returns an idle process, or a fresh one for a large job. A heavy job ends idle processes. */
  take(job: Pick<Job, "isLarge" | "isHeavy" | "heapMib">): ComputeLane;
  /** Keeps a process for reuse, unless the job was large: only exiting frees its memory. */
  release(lane: ComputeLane, isLarge: boolean): void;
  end(): Promise<void>;
}

function createLanes(options: LaneOptions): Lanes {
  const all = new Set<ComputeLane>();
  const idle: ComputeLane[] = [];
  return {
    take({ isLarge, isHeavy, heapMib }): ComputeLane {
      if (isHeavy) { for (const lane of idle.splice(0)) lane.end(); }
      const free = idle.pop();
      if (free?.alive && !isLarge) return free;
      free?.end();
      const lane = startLane({ heapMib, isLarge, ...options });
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
  const ofUser = waiting.filter(({ users }) => users.includes(user)).length;
  if (ofUser >= JOBS_WAITING_OF_USER_MAX) {
    throw new Problem(
      "too_many_requests",
      `${ofUser} of your computations are waiting: try again when some have finished`,
      { headers: { "retry-after": "10" } },
    );
  }
  if (waiting.length >= JOBS_WAITING_MAX) {
    throw new Problem("unavailable", "Too many computations are waiting: try again in a moment", {
      headers: { "retry-after": "10" },
    });
  }
}

function disconnected(): Problem {
  return new Problem("unavailable", "The caller disconnected: the job was stopped");
}

function stopping(): Problem {
  return new Problem("unavailable", "The scoring service is stopping");
}

/** What the scheduler needs to know about a job. */
export interface Turn {
  /** Users who wait for it: several if they requested the same. */
  readonly users: readonly string[];
  /** Whether it runs long enough to delay others noticeably. */
  readonly isLarge: boolean;
  /** Whether it needs much memory; such a job is large. */
  readonly isHeavy: boolean;
}

/** Slots while a heavy job waits or runs: one for it, one for small jobs. */
const PLACES_BESIDE_HEAVY = 2;

/**
 * Chooses the next job. Users with the fewest running jobs, then those served longest ago, come first; of a user's
 * jobs small ones, then the oldest. Large jobs leave one slot free for small ones. While a heavy job waits or runs
 * there are only two slots, which bounds memory.
 * @param waiting oldest first
 * @param served number of each user's last turn
 */
export function nextTurn<T extends Turn>(
  waiting: readonly T[],
  running: readonly Turn[],
  places: number,
  served: ReadonlyMap<string, number>,
): T | null {
  const anyHeavy = [...waiting, ...running].some(({ isHeavy }) => isHeavy);
  const open = anyHeavy ? Math.min(places, PLACES_BESIDE_HEAVY) : places;
  if (running.length >= open) return null;
  const mayBeLarge = running.filter(({ isLarge }) => isLarge).length < Math.max(1, open - 1);
  const rankFor = (user: string, isLarge: boolean): readonly number[] => [
    running.filter(({ users }) => users.includes(user)).length,
    served.get(user) ?? -1,
    Number(isLarge),
  ];
  const rank = ({ users, isLarge }: Turn): readonly number[] =>
    users.map((user) => rankFor(user, isLarge)).reduce((first, one) =>
      comesBefore(one, first) ? one : first
    );
  return waiting.filter(({ isLarge }) => mayBeLarge || !isLarge).reduce<T | null>(
    (first, job) => first === null || comesBefore(rank(job), rank(first)) ? job : first,
    null,
  );
}

function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
