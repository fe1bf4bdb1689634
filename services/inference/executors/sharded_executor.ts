import { join } from "node:path";
import type { Shard } from "../../../shared/contracts/evaluations.ts";
import { readJson, writeJsonAtomic } from "../../../shared/volume/mod.ts";
import { EVALUATION_LABEL } from "../engine/docker_arguments.ts";
import { DONE } from "../engine/executor.ts";
import type {
  Executor,
  FollowHooks,
  Measurement,
  OnLine,
  Outcome,
  RunEnd,
} from "../engine/executor.ts";
import { evaluationOf, type Job, partId } from "../engine/job.ts";
import { ignoreMissing } from "./job_log.ts";
import { measureParts, recordedOfParts } from "./use_of_parts.ts";

/** A failed part runs once more, alone. */
const ATTEMPTS_MAX = 2;
const SUCCEEDED: RunEnd = { kind: "exited", exitCode: 0, outOfMemory: false, engineError: "" };
/** As a killed container ends. */
const STOPPED: RunEnd = { ...SUCCEEDED, exitCode: 137 };

/** A divided job as stored in the evaluation's scratch folder, so that a later process continues. */
interface Division {
  readonly job: Job;
  readonly shards: Shard[];
  /** When the first part started, if the executor reports it. */
  startedAt?: string;
}

/** Runs a job with parts as one job each, side by side; other jobs pass through. */
export function createShardedExecutor(inner: Executor, work: string): Executor {
  const divisions = createDivisions(work);
  const stopped = new Set<string>();
  const measured = new Map<string, Measurement>();

  /** Jobs of parts that `known` has found; an engine may know some whose files are lost. */
  const found = new Set<string>();

  /** Ids of an evaluation's parts, without asking the inner executor: a cluster may be away. */
  async function partsOf(id: string): Promise<string[]> {
    const shards = (await divisions.find(id))?.shards ?? [];
    const others = [...found].filter((job) => evaluationOf(job) === id);
    return [...new Set([...shards.map(({ part }) => partId(id, part)), ...others])];
  }

  return {
    ...inner,
    async start(job): Promise<Outcome<void>> {
      if (job.parts.length === 0) return await inner.start(job);
      const shards = job.parts.map((_, at): Shard => (
        { part: at + 1, status: "waiting", attempts: 0, gpus: [] }
      ));
      await divisions.save({ job, shards });
      return DONE;
    },
    async follow(id, onLine, since, hooks = {}): Promise<RunEnd> {
      const division = await divisions.find(id);
      if (division === null) return await inner.follow(id, onLine, since, hooks);
      const isStopped = (): boolean => stopped.has(id);
      const following = { inner, divisions, work, isStopped, onLine, since, hooks };
      return await followParts(division, following);
    },
    async measure(id, gpus): Promise<Measurement | null> {
      const division = await divisions.find(id);
      return division === null
        ? await inner.measure(id, gpus)
        : await measureParts(id, division.shards, inner, measured);
    },
    ...recordedOfParts(inner, partsOf),
    async stop(id): Promise<void> {
      const division = await divisions.find(id);
      if (division === null) return await inner.stop(id);
      stopped.add(id);
      const running = division.shards.filter(isSubmitted);
      await stopParts(inner, running.map(({ part }) => partId(id, part)));
    },
    async remove(id): Promise<void> {
      for (const job of await partsOf(id)) {
        await inner.remove(job);
        await Deno.remove(join(work, job), { recursive: true }).catch(() => {});
        measured.delete(job);
        found.delete(job);
      }
      await divisions.forget(id);
      stopped.delete(id);
      await inner.remove(id);
    },
    async known(): Promise<string[]> {
      const jobs = await inner.known();
      for (const job of jobs) if (job !== evaluationOf(job)) found.add(job);
      return [...new Set(jobs.map(evaluationOf))];
    },
  };
}

interface Divisions {
  find(id: string): Promise<Division | null>;
  save(division: Division): Promise<void>;
  forget(id: string): Promise<void>;
}

function createDivisions(work: string): Divisions {
  const known = new Map<string, Division>();
  const fileOf = (id: string): string => join(work, id, "division.json");
  return {
    async find(id): Promise<Division | null> {
      const division = known.get(id) ?? await readJson(fileOf(id)) as Division | null;
      if (division !== null) known.set(id, division);
      return division;
    },
    async save(division): Promise<void> {
      known.set(division.job.id, division);
      await writeJsonAtomic(fileOf(division.job.id), division);
    },
    async forget(id): Promise<void> {
      known.delete(id);
      await Deno.remove(fileOf(id)).catch(ignoreMissing);
    },
  };
}

/** What following the parts of one job needs. */
interface PartsRun {
  readonly inner: Executor;
  readonly divisions: Divisions;
  readonly work: string;
  readonly isStopped: () => boolean;
  readonly onLine: OnLine;
  readonly since: string | null;
  readonly hooks: FollowHooks;
}

/** Runs the parts that have not ended, and waits for all. The first part that fails for good ends the others. */
async function followParts(division: Division, run: PartsRun): Promise<RunEnd> {
  const { inner, divisions, isStopped, hooks } = run;
  const { job, shards } = division;
  const running = new Map<number, Promise<{ shard: Shard; end: RunEnd }>>();
  const follow = (shard: Shard): void =>
    void running.set(shard.part, followPart(division, shard, run).then((end) => ({ shard, end })));

  async function change(shard: Shard, patch: Partial<Shard>): Promise<void> {
    Object.assign(shard, patch);
    await divisions.save(division);
    hooks.onShards?.(shards.map((one) => ({ ...one })));
  }

  async function start(parts: readonly Shard[]): Promise<void> {
    const jobs: Job[] = [];
    for (const shard of parts) {
      const gpus = job.gpus.filter((gpu) => !shards.some((one) => isAt(one, gpu))).slice(0, 1);
      const status = inner.name === "slurm" ? "queued" : "running";
      await change(shard, { status, attempts: shard.attempts + 1, gpus });
      jobs.push(await partJob(job, shard, run));
    }
    const outcome = await (jobs.length === 1 ? inner.start(jobs[0]!) : inner.together!.start(jobs));
    for (const shard of parts) {
      if (outcome.ok) follow(shard);
      else running.set(shard.part, Promise.resolve({ shard, end: { kind: "failed", ...outcome } }));
    }
  }

  /** Parts that an earlier process has submitted, or stored as submitted just before it was killed. */
  const inherited = new Set(shards.filter(isSubmitted));
  for (const shard of inherited) follow(shard);
  while (true) {
    while (!isStopped()) {
      const waiting = shards.filter(({ status }) => status === "waiting");
      const next = waiting.slice(
        0,
        Math.min(job.places - running.size, inner.together ? Infinity : 1),
      );
      if (next.length === 0) break;
      await start(next);
    }
    if (running.size === 0) return isStopped() ? STOPPED : SUCCEEDED;
    const { shard, end } = await Promise.race(running.values());
    running.delete(shard.part);
    const isGood = end.kind === "exited" && end.exitCode === 0;
    // Of such a part nobody knows a job: it has not begun this attempt.
    const attempts = shard.attempts -
      Number(end.kind === "vanished" && inherited.delete(shard) && !isStopped());
    const isLast = isStopped() || attempts >= ATTEMPTS_MAX;
    delete shard.note;
    await change(shard, { attempts, status: isGood ? "succeeded" : isLast ? "failed" : "waiting" });
    if (!isGood && isLast) {
      await stopParts(inner, [...running.keys()].map((part) => partId(job.id, part)));
      for (const { shard } of await Promise.all(running.values())) {
        await change(shard, { status: "failed" });
      }
      return end;
    }
    await inner.remove(partId(job.id, shard.part));
  }
}

/** Whether the inner executor has the part's job: it runs, or waits in a cluster. */
function isSubmitted({ status }: Shard): boolean {
  return status === "running" || status === "queued";
}

function isAt({ status, gpus }: Shard, gpu: number): boolean {
  return status === "running" && gpus.includes(gpu);
}

async function stopParts(inner: Executor, ids: readonly string[]): Promise<void> {
  if (inner.together !== undefined) await inner.together.stop(ids);
  else await Promise.all(ids.map((id) => inner.stop(id)));
}

async function partJob(job: Job, shard: Shard, { work }: PartsRun): Promise<Job> {
  const id = partId(job.id, shard.part);
  await Deno.mkdir(join(work, id), { recursive: true, mode: 0o700 });
  const own = job.parts[shard.part - 1]!;
  const targets = new Set(own.map(({ target }) => target));
  return {
    ...job,
    id,
    parts: [],
    mounts: [...job.mounts.filter(({ target }) => !targets.has(target)), ...own],
    gpus: shard.gpus,
    gpuCount: Math.min(1, job.gpuCount),
    labels: { ...job.labels, [EVALUATION_LABEL]: id },
  };
}

/** Follows one part; its lines begin with its number. */
async function followPart(division: Division, shard: Shard, run: PartsRun): Promise<RunEnd> {
  const { inner, divisions, onLine, since, hooks } = run;
  const marked = (text: string): string => `part ${shard.part}: ${text}`;
  /** A state that is lost with this process is found again by the next. */
  function show(): void {
    void divisions.save(division).catch(() => {});
    hooks.onShards?.(division.shards.map((one) => ({ ...one })));
  }
  return await inner.follow(
    partId(division.job.id, shard.part),
    ({ at, text }) => onLine({ at, text: marked(text) }),
    since,
    {
      onDraft: (text) => hooks.onDraft?.(marked(text)),
      onLive: (live) => hooks.onLive?.(live),
      onBytes: (count) => hooks.onBytes?.(count),
      onWaiting(reason): void {
        if (division.startedAt === undefined) hooks.onWaiting?.(reason);
        if (shard.status === "queued" && shard.note === reason) return;
        Object.assign(shard, { status: "queued", note: reason, gpus: [] });
        show();
      },
      onStarted(at, gpus): void {
        Object.assign(shard, { status: "running", gpus: [...gpus] });
        delete shard.note;
        division.startedAt ??= at;
        show();
        const all = [...new Set(division.shards.flatMap((one) => one.gpus))];
        hooks.onStarted?.(division.startedAt, all);
      },
    },
  );
}
