import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { docker } from "../support/engine.ts";
import { ended, logOf, registerSample, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service_process.ts";
import { type SlurmCluster, slurmTest, startSlurm } from "../support/slurm.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";

/** A model that says which GPU it has, and goes on until the test lets it go. */
const SCRIPT = `
echo "gpu \${NVIDIA_VISIBLE_DEVICES:-none}"
if [ "$MODE" = hold ]; then
  until [ -e "$(dirname "$3")/go" ]; do sleep 0.1; done
fi
if [ "$MODE" = memory ]; then tail /dev/zero || true; fi
${GOOD_ROWS}`;

interface Site extends AsyncDisposable {
  readonly cluster: SlurmCluster;
  readonly service: ServiceProcess;
  readonly model: ToyModel;
}

async function startSite(): Promise<Site> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-" });
  const cluster = await startSlurm();
  const model = await makeToyModel({ script: `MODE=\n${SCRIPT}`, parameters: "MODE=quick" });
  const choices = join(folder, "models.json");
  const choice = { gpu_type: "pretended", partition: "gpu" };
  await Deno.writeTextFile(choices, JSON.stringify({ [model.name]: choice }));
  const service = await startServiceProcess({
    home: join(folder, "home"),
    environment: {
      ...cluster.environment,
      MAMMOEVAL_EXECUTOR: "slurm",
      MAMMOEVAL_SLURM_MODELS: choices,
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_MEMORY: "512m",
      MAMMOEVAL_DISK_FREE: "1k",
    },
  });
  await registerSample(service.url);
  return {
    cluster,
    service,
    model,
    async [Symbol.asyncDispose](): Promise<void> {
      await service.kill();
      await cluster[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function hold({ service, model }: Site, request: Json = {}): Promise<Json> {
  const asked = { device: "gpu", gpu: "auto", parameters: { MODE: "hold" }, ...request };
  return submit(service.url, model.name, asked);
}

/** Waits until something holds of an evaluation. */
async function until(
  { service }: Site,
  id: string,
  holds: (evaluation: Json) => boolean,
): Promise<Json> {
  const look = async (): Promise<Json> =>
    (await sendJson(`${service.url}/v1/evaluations/${id}`, "GET")).body;
  const seen = await eventually(look, (body) => holds(body) || body.finished_at !== null);
  assert.ok(holds(seen), JSON.stringify(seen));
  return seen;
}

/** Waits until the container of an evaluation has printed which GPU it has, this many times. */
async function onNode({ service }: Site, id: string, times = 1): Promise<string> {
  const look = async (): Promise<string[]> =>
    (await logOf(service.url, id)).filter((text) => text.startsWith("gpu "));
  const lines = await eventually(look, ({ length }) => length >= times);
  assert.ok(lines.length >= times, `${id} did not start ${times} times`);
  return lines.at(-1)!;
}

async function letGo({ service }: Site, id: string): Promise<void> {
  await Deno.writeTextFile(join(service.home, "work", id, "predictions", "go"), "");
}

async function containersOf(id: string): Promise<string> {
  return await docker("ps", "--all", "--quiet", "--filter", `name=mammoeval-${id}`);
}

/** How long Slurm may take to clear up after the last job, in milliseconds. */
const CLEARED_MS_MAX = 60_000;

await slurmTest("evaluations as jobs of a cluster", async (t) => {
  await using site = await startSite();
  const { service, cluster, model } = site;
  const { url } = service;

  await t.step("one runs to its score, with what Slurm granted", async () => {
    const { id } = await submit(url, model.name, { device: "gpu", gpu: "auto" });
    const evaluation = await ended(url, id);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.equal(evaluation.provenance.executor, "slurm");
    assert.equal(evaluation.provenance.gpus.length, 1);
    const { cpu_s, unknown } = evaluation.provenance.resources;
    assert.equal(cpu_s, null);
    assert.match(unknown.cpu_s, /Docker's engine runs the container outside/);
    assert.equal(await containersOf(id), "");
    const comment = await cluster.run("squeue", "--states=all", "--noheader", "--format=%j %k");
    assert.ok(comment.includes(`mammoeval-${id} mammoeval gpus=1 volume=${service.home}`));
    const chosen = await cluster.run("squeue", "--states=all", "--noheader", "--format=%P %b");
    assert.equal(chosen, "gpu gres:gpu:pretended:1");
  });

  await t.step(
    "four on three GPUs: one waits, then runs; inference is killed meanwhile",
    async () => {
      const made: Json[] = [];
      for (let at = 0; at < 3; at++) made.push(await hold(site));
      const gpus: string[] = [];
      for (const { id } of made) gpus.push(await onNode(site, id));
      assert.ok(gpus.every((gpu) => /^gpu [0-2]$/.test(gpu)), gpus.join());
      const fourth = await hold(site);
      const waits = await until(
        site,
        fourth.id,
        ({ progress }) => /waits in Slurm \((Resources|Priority)\)/.test(progress.note ?? ""),
      );
      assert.deepEqual([waits.status, waits.started_at], ["queued", null]);
      const list = (await sendJson(`${url}/v1/evaluations?status=queued`, "GET")).body.items;
      assert.deepEqual(list.map(({ id }: Json) => id), [fourth.id]);
      await service.kill();
      await letGo(site, made[0].id);
      await service.start();
      assert.equal((await ended(url, made[0].id)).status, "succeeded");
      await onNode(site, fourth.id);
      await service.kill();
      await service.start();
      for (const { id } of [made[1], made[2], fourth]) await letGo(site, id);
      for (const { id } of [made[1], made[2], fourth]) {
        const evaluation = await ended(url, id);
        assert.deepEqual([evaluation.status, evaluation.provenance.attempt], ["succeeded", 1]);
        const started = (await logOf(url, id)).filter((line) => line.startsWith("gpu "));
        assert.equal(started.length, 1, "no line of the log came twice");
      }
    },
  );

  await t.step("a cancelled job leaves no container", async () => {
    const { id } = await hold(site);
    await onNode(site, id);
    const cancelled = await sendJson(`${url}/v1/evaluations/${id}/cancel`, "POST");
    assert.equal(cancelled.body.status, "cancelled");
    assert.equal(await eventually(() => containersOf(id), (left) => left === ""), "");
  });

  await t.step(
    "a time-out, want of memory and an impossible request have their own types",
    async () => {
      const late = await hold(site, { timeout_s: 1 });
      const memory = await submit(url, model.name, { parameters: { MODE: "memory" } });
      const impossible = await submit(url, model.name, { device: "gpu", gpu: [0, 1, 2, 3, 4] });
      assert.equal((await ended(url, late.id)).error.type, "timed_out");
      assert.equal((await ended(url, memory.id)).error.type, "out_of_memory");
      const { error } = await ended(url, impossible.id);
      assert.equal(error.type, "gpu_unavailable");
      assert.match(error.message, /5 GPU.*not available|never.*no node has/);
      const endless = await submit(url, model.name, { timeout_s: 20 * 86_400 });
      assert.match(
        (await ended(url, endless.id)).error.message,
        /never.*Partition.*timeout_s/,
      );
    },
  );

  await t.step("the controller restarts while a job runs", async () => {
    const { id } = await hold(site);
    await onNode(site, id);
    await cluster.stopController();
    await letGo(site, id);
    assert.equal((await ended(url, id)).status, "succeeded", "the node tells by the volume");
    const queued = await hold(site, { parameters: { MODE: "quick" } });
    await cluster.startController();
    assert.equal((await ended(url, queued.id)).status, "succeeded");
  });

  await t.step("a job that Slurm queues again, as after a node failure, runs anew", async () => {
    const { id } = await hold(site);
    await onNode(site, id);
    const job = await cluster.run("squeue", "--noheader", `--name=mammoeval-${id}`, "--format=%i");
    await cluster.run("scontrol", "requeue", job);
    const again = await until(
      site,
      id,
      ({ progress }) => / because somebody requeued it/.test(progress.note ?? ""),
    );
    assert.deepEqual([again.status, again.started_at], ["queued", null]);
    // Slurm lets a requeued job wait for two minutes, which a test need not.
    const state = (): Promise<string> =>
      cluster.run("squeue", "--noheader", `--jobs=${job}`, "--format=%T");
    assert.equal(await eventually(state, (seen) => seen === "PENDING"), "PENDING");
    await cluster.run("scontrol", "update", `JobId=${job}`, "StartTime=now");
    await onNode(site, id, 2);
    await letGo(site, id);
    assert.equal((await ended(url, id)).status, "succeeded");
  });

  await t.step("nothing stays: no container, no scratch folder, no job", async () => {
    const left = await docker(
      "ps",
      "--all",
      "--quiet",
      "--filter",
      `label=mammoeval.volume=${service.home}`,
    );
    assert.equal(left, "");
    assert.deepEqual([...Deno.readDirSync(join(service.home, "work"))], []);
    // Slurm goes on clearing up ("CG") for a while after a job's last process has ended.
    const deadline = performance.now() + CLEARED_MS_MAX;
    const queue = (): Promise<string> => cluster.run("squeue", "--noheader", "--states=R,PD,CG");
    while (await queue() !== "" && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.equal(await queue(), "");
  });
});
