import assert from "node:assert/strict";
import { join } from "node:path";
import type { Shard } from "../../../shared/contracts/evaluations.ts";
import {
  createScriptedExecutor,
  ENDED_WELL,
  type ScriptedExecutor,
} from "../../../tests/support/inference/scripted_executor.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import type { Executor, Outcome } from "../engine/executor.ts";
import { evaluationOf, type Job } from "../engine/job.ts";
import { createShardedExecutor } from "./sharded_executor.ts";

const JOB = makeJob();
const part = (number: number): string => `${JOB.id}.p${number}`;
const FAILED = { ...ENDED_WELL, exitCode: 3 };

interface Site {
  readonly inner: ScriptedExecutor;
  readonly sharded: Executor;
  /**
   * A new process on the same volume and engine; one that will be killed never hears of the ends of some parts, or is
   * killed as it starts a job.
   */
  restart(deafTo?: readonly string[], killedBy?: (job: Job) => boolean): Executor;
  readonly job: Job;
}

async function makeSite(
  stack: AsyncDisposableStack,
  { parts, ...change }: Partial<Omit<Job, "parts">> & { readonly parts: number },
): Promise<Site> {
  const work = await temporaryFolder(stack, "mammoeval-test-shards-");
  await Deno.mkdir(join(work, JOB.id));
  const inner = createScriptedExecutor();
  inner.script = () => ({ predictions: null });
  const mountsOf = (at: number): Job["mounts"] => [
    { source: `/parts/${at}`, target: "/home/predictions", readOnly: false },
  ];
  const job = makeJob({ ...change, parts: Array.from({ length: parts }, (_, at) => mountsOf(at)) });
  const restart: Site["restart"] = (deafTo = [], killedBy = () => false) => {
    const follow: Executor["follow"] = (id, ...rest) =>
      deafTo.includes(id) ? new Promise(() => {}) : inner.follow(id, ...rest);
    const start: Executor["start"] = (job) =>
      killedBy(job) ? new Promise(() => {}) : inner.start(job);
    return createShardedExecutor({ ...inner, start, follow }, work);
  };
  return { inner, sharded: restart(), restart, job };
}

Deno.test("each part has its own mounts and GPU, and no more run at once than there are GPUs", async () => {
  await using stack = new AsyncDisposableStack();
  const gpu = { device: "gpu", gpus: [4, 7], gpuCount: 2, places: 2, parts: 5 } as const;
  const { inner, sharded, job } = await makeSite(stack, gpu);
  let most = 0;
  inner.onStart = (): ReturnType<typeof inner.onStart> => {
    most = Math.max(most, inner.containers.size + 1);
    return Promise.resolve({ ok: true, value: undefined });
  };
  inner.script = (): ReturnType<typeof inner.script> => ({ predictions: null, lines: ["hello"] });
  await sharded.start(job);
  const lines: string[] = [];
  const seen: (readonly Shard[])[] = [];
  const end = await sharded.follow(job.id, ({ text }) => void lines.push(text), null, {
    onShards: (shards) => void seen.push(shards),
  });
  assert.deepEqual(end, ENDED_WELL);
  assert.equal(most, 2);
  assert.deepEqual(inner.jobs.map(({ id }) => id), [1, 2, 3, 4, 5].map(part));
  for (const [at, { gpus, gpuCount, mounts, labels, id }] of inner.jobs.entries()) {
    assert.ok(gpus.length === 1 && [4, 7].includes(gpus[0]!) && gpuCount === 1);
    assert.deepEqual(mounts.map(({ source }) => source), ["/data/images", `/parts/${at}`]);
    assert.equal(labels["mammoeval.evaluation"], id);
  }
  assert.deepEqual(lines.toSorted(), [1, 2, 3, 4, 5].map((number) => `part ${number}: hello`));
  assert.deepEqual(
    seen.at(-1)!.map(({ status, attempts }) => [status, attempts]),
    Array.from({ length: 5 }, () => ["succeeded", 1]),
  );
  assert.equal(inner.containers.size, 0, "each part is removed when it has ended");
});

Deno.test("a failed part runs again alone; if it fails again, it ends the others and the run", async () => {
  for (const isHopeless of [false, true]) {
    await using stack = new AsyncDisposableStack();
    const { inner, sharded, job } = await makeSite(stack, { parts: 3, places: 3 });
    inner.script = ({ id }): ReturnType<typeof inner.script> => {
      const times = inner.jobs.filter((one) => one.id === id).length;
      const fails = id === part(2) && (times === 1 || isHopeless);
      return {
        predictions: null,
        end: fails ? FAILED : isHopeless && id !== part(2) ? "hold" : ENDED_WELL,
      };
    };
    await sharded.start(job);
    const end = await sharded.follow(job.id, () => {}, null);
    assert.deepEqual(end, isHopeless ? FAILED : ENDED_WELL);
    const starts = inner.jobs.map(({ id }) => id);
    assert.deepEqual(starts, [part(1), part(2), part(3), part(2)]);
    await sharded.remove(job.id);
    assert.equal(inner.containers.size, 0);
  }
});

Deno.test("a later process follows the parts that run, and runs only those that are missing", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, restart, job } = await makeSite(stack, { parts: 4, places: 2 });
  const killed = restart([part(2), part(3)]);
  inner.script = ({ id }): ReturnType<typeof inner.script> => (
    { predictions: null, end: id === part(1) ? ENDED_WELL : "hold" }
  );
  await killed.start(job);
  void killed.follow(job.id, () => {}, null);
  while (!inner.containers.has(part(3))) await new Promise((resolve) => setTimeout(resolve, 1));
  // This process ends here: parts 2 and 3 run, 4 waits.
  const later = restart();
  assert.deepEqual(await later.known(), [job.id]);
  const following = later.follow(job.id, () => {}, null);
  inner.release(part(3));
  while (!inner.containers.has(part(4))) await new Promise((resolve) => setTimeout(resolve, 1));
  inner.release(part(2));
  inner.release(part(4));
  assert.deepEqual(await following, ENDED_WELL);
  assert.deepEqual(inner.jobs.map(({ id }) => id), [1, 2, 3, 4].map(part));
});

Deno.test("a kill between storing and starting the second attempt of a part costs no attempt", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, restart, job } = await makeSite(stack, { parts: 2, places: 2 });
  let isKilled = false;
  const killed = restart([], ({ id }) => {
    isKilled = id === part(2) && inner.jobs.some((one) => one.id === id);
    return isKilled;
  });
  inner.script = ({ id }): ReturnType<typeof inner.script> => {
    const times = inner.jobs.filter((one) => one.id === id).length;
    return { predictions: null, end: id === part(2) && times === 1 ? FAILED : ENDED_WELL };
  };
  await killed.start(job);
  void killed.follow(job.id, () => {}, null);
  while (!isKilled) await new Promise((resolve) => setTimeout(resolve, 1));
  const seen: (readonly Shard[])[] = [];
  const end = await restart().follow(job.id, () => {}, null, {
    onShards: (shards) => void seen.push(shards),
  });
  assert.deepEqual(end, ENDED_WELL);
  assert.deepEqual(seen.at(-1)!.map(({ status, attempts }) => [status, attempts]), [
    ["succeeded", 1],
    ["succeeded", 2],
  ]);
  assert.deepEqual(inner.jobs.map(({ id }) => id).toSorted(), [1, 2, 2].map(part));
});

Deno.test("a part that waits in a cluster says so, and runs when the cluster starts it", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, job } = await makeSite(stack, { parts: 2, places: 2 });
  const work = await temporaryFolder(stack, "mammoeval-test-shards-");
  const follow: Executor["follow"] = (id, onLine, since, hooks) => {
    hooks?.onWaiting?.("waits in Slurm (Resources)");
    hooks?.onWaiting?.("waits in Slurm (Resources)");
    if (id === part(1)) hooks?.onStarted?.("2026-01-01T00:00:00.000Z", [3]);
    return inner.follow(id, onLine, since, hooks);
  };
  const sharded = createShardedExecutor({ ...inner, name: "slurm", follow }, work);
  await Deno.mkdir(join(work, JOB.id));
  inner.script = (): ReturnType<typeof inner.script> => ({ predictions: null, end: "hold" });
  await sharded.start(job);
  const seen: (readonly Shard[])[] = [];
  const waits: string[] = [];
  const following = sharded.follow(job.id, () => {}, null, {
    onShards: (shards) => void seen.push(shards),
    onWaiting: (reason) => void waits.push(reason),
  });
  while (inner.containers.size < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  const wait = { status: "queued", attempts: 1, gpus: [], note: "waits in Slurm (Resources)" };
  const runs = { part: 1, status: "running", attempts: 1, gpus: [3] };
  assert.deepEqual(seen[1]![0], { part: 1, ...wait });
  assert.deepEqual(seen.at(-1), [runs, { part: 2, ...wait }]);
  assert.equal(waits.length, 2, "the evaluation waits only before its first part runs");
  inner.release(part(1));
  inner.release(part(2));
  assert.deepEqual(await following, ENDED_WELL);
  assert.ok(seen.at(-1)!.every((shard) => shard.note === undefined));
});

Deno.test("a cluster is asked once to start all parts and once to stop them; a failed part starts alone", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, job } = await makeSite(stack, { parts: 3, places: 3 });
  const work = await temporaryFolder(stack, "mammoeval-test-shards-");
  await Deno.mkdir(join(work, JOB.id));
  const asked: string[] = [];
  const together: Executor["together"] = {
    async start(parts): Promise<Outcome<void>> {
      asked.push(`start ${parts.map(({ id }) => id.slice(-1)).join("")}`);
      for (const one of parts) await inner.start(one);
      return { ok: true, value: undefined };
    },
    async stop(ids): Promise<void> {
      asked.push(`stop ${ids.map((id) => id.slice(-1)).join("")}`);
      for (const id of ids) await inner.stop(id);
    },
  };
  const sharded = createShardedExecutor({ ...inner, name: "slurm", together }, work);
  inner.script = ({ id }): ReturnType<typeof inner.script> => {
    const isFirst = inner.jobs.filter((one) => one.id === id).length === 1;
    return { predictions: null, end: id === part(2) && isFirst ? FAILED : "hold" };
  };
  await sharded.start(job);
  const following = sharded.follow(job.id, () => {}, null);
  while (inner.jobs.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(inner.jobs[3]!.id, part(2));
  await sharded.stop(job.id);
  await following;
  assert.deepEqual(asked.slice(0, 2), ["start 123", "stop 123"]);
});

Deno.test("stopping ends all parts and starts none, also before the first has started", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, sharded, job } = await makeSite(stack, { parts: 3, places: 2 });
  inner.script = (): ReturnType<typeof inner.script> => ({ predictions: null, end: "hold" });
  await sharded.start(job);
  const following = sharded.follow(job.id, () => {}, null);
  while (inner.containers.size < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await sharded.stop(job.id);
  const end = await following;
  assert.ok(end.kind === "exited" && end.exitCode === 137);
  assert.equal(inner.jobs.length, 2);
  await sharded.remove(job.id);

  await sharded.start(job);
  await sharded.stop(job.id);
  const before = await sharded.follow(job.id, () => {}, null);
  assert.ok(before.kind === "exited" && before.exitCode === 137);
  assert.equal(inner.jobs.length, 2);
});

Deno.test("use is added up over the parts, and a job without parts passes through", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, sharded, job } = await makeSite(stack, { parts: 2, places: 2 });
  const use = { memoryBytes: 10, cpuSeconds: 3, processes: 2, gpuMemoryBytes: null, rootBytes: 1 };
  inner.measured = use;
  inner.script = (): ReturnType<typeof inner.script> => ({ predictions: null, end: "hold" });
  await sharded.start(job);
  const following = sharded.follow(job.id, () => {}, null);
  while (inner.containers.size < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(await sharded.measure(job.id, []), {
    ...{ memoryBytes: 20, cpuSeconds: 6, processes: 4, gpuMemoryBytes: null, rootBytes: 2 },
  });
  await sharded.stop(job.id);
  await following;
  await sharded.remove(job.id);

  await sharded.start({ ...job, parts: [] });
  assert.deepEqual([...inner.containers.keys()], [job.id]);
  assert.deepEqual(await sharded.measure(job.id, []), use);
  assert.equal(evaluationOf(part(12)), job.id);
});

Deno.test("parts whose files are lost are found and removed, and no other removal asks the engine what it knows", async () => {
  await using stack = new AsyncDisposableStack();
  const { inner, restart, job } = await makeSite(stack, { parts: 2, places: 2 });
  inner.plant(part(1), { predictions: null, end: "hold" });
  const sharded = restart();
  assert.deepEqual(await sharded.known(), [job.id]);
  await sharded.remove(job.id);
  assert.equal(inner.containers.size, 0);
  inner.known = (): Promise<string[]> => Promise.reject(new Error("the controller is away"));
  const away = restart();
  await away.start({ ...job, parts: [] });
  await away.remove(job.id);
  assert.equal(inner.containers.size, 0);
});
