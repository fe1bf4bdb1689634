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
import { sha256 } from "../content.ts";

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
    job.done.reject(new Problem("unavailable", "The caller disconnected: the job was stopped"));
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

function stopping(): Problem {
  return new Problem("unavailable", "The scoring service is stopping");
}

/** What decides about the turn of a job. */
export interface Turn {
  /** Whose it is. */
  readonly user: string;
  /** Whether it takes so long that others would notice. */
  readonly isLarge: boolean;
  /** Whether it takes much memory; such a job is large. */
  readonly isHeavy: boolean;
}

/** Places while a heavy job waits or runs: one for it, one for small jobs of others. */
const PLACES_BESIDE_HEAVY = 2;

/**
 * Decides which job is next. Users take turns: first who has the fewest jobs running, then who was served
 * longest ago. Of one user's jobs small ones come first, then the oldest. Large jobs leave one place to small
 * ones, so that a small job never waits for a large one to end. While a heavy job waits or runs there are two
 * places in all: this bounds the memory of the service.
 *
 * @param waiting oldest first
 * @param served for each user the number of the turn that was theirs last
 * @returns the job that is next, or null where none may start
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
  const rank = ({ user, isLarge }: Turn): readonly number[] => [
    running.filter((one) => one.user === user).length,
    served.get(user) ?? -1,
    Number(isLarge),
  ];
  return waiting.filter(({ isLarge }) => mayBeLarge || !isLarge).reduce<T | null>(
    (first, job) => first === null || comesBefore(rank(job), rank(first)) ? job : first,
    null,
  );
}

function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** Results of jobs, kept by everything that they follow from. */
interface ResultCache {
  /** The kept result, or null. */
  find<K extends JobKind>(kind: K, request: JobRequest<K>): unknown;
  /** Keeps a result where its kind is kept and it did not fail. */
  keep<K extends JobKind>(kind: K, request: JobRequest<K>, result: unknown, bytes: number): void;
}

/** Kinds whose results follow from their request alone; the others are kept on the volume. */
const KEPT: ReadonlySet<JobKind> = new Set<JobKind>([
  "compare",
  "rank",
  "regroup",
  "draw",
  "simulate",
]);

/**
 * Keeps results in memory, those used last. The key is the digest of the whole request, and so of the reports
 * that it names: the digests of truth and predictions are in their provenance, and what a caller may
 * not see is not in the request.
 *
 * @param bytesMax size of all kept results together
 */
export function createResultCache(bytesMax: number): ResultCache {
  const kept = new Map<string, { readonly result: unknown; readonly bytes: number }>();
  let held = 0;
  return {
    find(kind, request): unknown {
      if (!KEPT.has(kind)) return null;
      const key = keyOf(kind, request);
      const found = kept.get(key);
      if (found === undefined) return null;
      kept.delete(key);
      kept.set(key, found);
      return found.result;
    },
    keep(kind, request, result, bytes): void {
      if (!KEPT.has(kind) || result === null || bytes > bytesMax || failed(result)) return;
      const key = keyOf(kind, request);
      held += bytes - (kept.get(key)?.bytes ?? 0);
      kept.set(key, { result, bytes });
      for (const [oldest, { bytes }] of kept) {
        if (held <= bytesMax) break;
        kept.delete(oldest);
        held -= bytes;
      }
    },
  };
}

/** What failed may succeed when the volume has changed. */
function failed(result: unknown): boolean {
  return typeof result === "object" && result !== null && "ok" in result && result.ok === false;
}

/** Where a file lay that was sent makes no difference: its digest is in the request. */
function keyOf(kind: JobKind, request: unknown): string {
  return sha256(
    JSON.stringify([kind, request], (key, value) => key === "path" ? undefined : value),
  );
}
