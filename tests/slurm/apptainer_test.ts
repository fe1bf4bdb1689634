import assert from "node:assert/strict";
import { join } from "node:path";
import { type ApptainerSite, apptainerTest, startApptainerSite } from "../support/apptainer.ts";
import { eventually } from "../support/eventually.ts";
import { ended, logOf, registerSample, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { SCORES_BY_NAME, writeNamedExams } from "../support/named_exams.ts";
import { type SlurmCluster, startSlurm } from "../support/slurm.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { GOOD_ROWS, makeToyModel } from "../support/toy_model.ts";

/** A model that says which GPU it has, and goes on when the test lets it go. */
const SCRIPT = `
echo "gpu <$CUDA_VISIBLE_DEVICES>"
if [ "$MODE" = hold ]; then
  until [ -e "$(dirname "$3")/go" ]; do sleep 0.1; done
fi
if [ "$MODE" = memory ]; then tail /dev/zero || true; fi
${GOOD_ROWS}`;

/** Waits until a job runs, and returns the GPU that its container sees. */
async function onNode({ url }: ApptainerSite, id: string, times = 1): Promise<string> {
  const lines = await eventually(
    async () => (await logOf(url, id)).filter((line) => /^(part \d+: )?gpu /.test(line)),
    ({ length }) => length >= times,
  );
  assert.ok(lines.length >= times, `${id} does not run`);
  return lines.at(-1)!;
}

async function letGo({ home }: ApptainerSite, id: string): Promise<void> {
  await Deno.writeTextFile(join(home, "work", id, "predictions", "go"), "");
}

/** Waits until no process of a run exists on this machine, which is both nodes. */
async function untilGone(id: string): Promise<void> {
  const args = ["--full", `work/${id}[./]`];
  const { code } = await eventually(
    () => new Deno.Command("pgrep", { args }).output(),
    (end) => end.code === 1,
  );
  assert.equal(code, 1, `a process of ${id} stays`);
}

await apptainerTest(
  "evaluations as jobs of a cluster whose nodes have Apptainer",
  async (stack) => {
    const cluster = stack.use(await startSlurm(true));
    const model = stack.use(
      await makeToyModel({ script: `MODE=\n${SCRIPT}`, parameters: "MODE=quick" }),
    );
    const site = await startApptainerSite(stack, [model], {
      ...cluster.environment,
      MAMMOEVAL_EXECUTOR: "slurm",
      MAMMOEVAL_SLURM_MODELS: await provideAccount(stack, cluster, model.name),
      MAMMOEVAL_MEMORY: "512m",
      MAMMOEVAL_DISK_FREE: "1k",
    });
    const { url } = site;
    await registerSample(url);
    await site.bring(model);
    const hold = (request: Json = {}): Promise<Json> =>
      submit(url, model.name, {
        device: "gpu",
        gpu: "auto",
        parameters: { MODE: "hold" },
        ...request,
      });

    // One runs to its score, on the GPU that Slurm grants; its service is killed meanwhile.
    const first = await hold();
    assert.match(await onNode(site, first.id), /^gpu <[0-2]>$/);
    await site.kill();
    // Its memory has been measured on the node, whose file the next process reads.
    const usage = join(site.home, "work", first.id, "slurm", "usage");
    const isMeasured = (text: string): boolean => Number(text.split(" ")[1]) > 0;
    assert.ok(isMeasured(await eventually(() => Deno.readTextFile(usage), isMeasured)));
    await letGo(site, first.id);
    await site.start();
    const { status, error, provenance } = await ended(url, first.id);
    assert.equal(status, "succeeded", JSON.stringify(error));
    assert.deepEqual([provenance.executor, provenance.gpus.length, provenance.attempt], [
      "slurm",
      1,
      1,
    ]);
    const { resources } = provenance;
    assert.ok(resources.peak_memory_bytes > 0 && resources.cpu_s >= 0, JSON.stringify(resources));
    assert.equal(resources.peak_gpu_memory_bytes, null);
    assert.match(resources.unknown.peak_gpu_memory_bytes, /gres\/gpumem/);
    assert.equal((await logOf(url, first.id)).filter((line) => line.startsWith("gpu ")).length, 1);
    const accounted = await cluster.run(
      ...["sacct", "--allusers", "--noheader", "--allocations", "--parsable2"] as const,
      `--name=mammoeval-${first.id}`,
      "--format=Account,QOS,Partition,Timelimit,User",
    );
    assert.equal(accounted, "screening|daily|gpu|01:00:00|nobody");

    // Cancelled, out of time and out of memory: each says so, and leaves no process.
    const cancelled = await hold();
    await onNode(site, cancelled.id);
    await sendJson(`${url}/v1/evaluations/${cancelled.id}/cancel`, "POST");
    const late = await hold({ timeout_s: 1 });
    const memory = await submit(url, model.name, { parameters: { MODE: "memory" } });
    assert.equal((await ended(url, cancelled.id)).status, "cancelled");
    assert.equal((await ended(url, late.id)).error.type, "timed_out");
    assert.equal((await ended(url, memory.id)).error.type, "out_of_memory");
    for (const { id } of [cancelled, late, memory]) await untilGone(id);

    // A job that another one preempts says so while it waits, and runs anew.
    const again = await hold();
    await onNode(site, again.id);
    await cluster.run(
      ...["sbatch", "--partition=urgent", "--nodes=2", "--exclusive"] as const,
      ...["--output=/dev/null", "--wrap=sleep 1"],
    );
    const preempted = / because a job of higher priority preempted it/;
    const note = await eventually(async (): Promise<string> => {
      const { body } = await sendJson(`${url}/v1/evaluations/${again.id}`, "GET");
      return body.status === "queued" ? body.progress.note ?? "" : "";
    }, (text) => preempted.test(text));
    assert.match(note, preempted);
    const job = await cluster.run(
      "squeue",
      "--noheader",
      `--name=mammoeval-${again.id}`,
      "--format=%i",
    );
    // Slurm lets a requeued job wait for two minutes, which a test need not.
    await cluster.run("scontrol", "update", `JobId=${job}`, "StartTime=now");
    await onNode(site, again.id, 2);
    await letGo(site, again.id);
    assert.equal((await ended(url, again.id)).status, "succeeded");

    // A QOS that the user has no longer is refused, and Slurm's reason is told.
    await cluster.run("sacctmgr", "--immediate", "modify", "user", "nobody", "set", "qos-=daily");
    const refused = (await ended(url, (await hold()).id)).error;
    assert.match(refused.message, /^Slurm refused a job that requests 1 GPU.*Invalid qos/);
    const left = (): string[] =>
      [...Deno.readDirSync(join(site.home, "work"))].map(({ name }) => name);
    assert.deepEqual(await eventually(left, ({ length }) => length === 0), []);
  },
  { slurm: true },
);

/** Gives the site's user an account and a QOS, and returns the path of the file that names them for a model. */
async function provideAccount(
  stack: AsyncDisposableStack,
  { run }: SlurmCluster,
  model: string,
): Promise<string> {
  const add = (...what: string[]): Promise<string> =>
    run("sacctmgr", "--immediate", "add", ...what);
  await add("qos", "daily", "MaxWall=02:00:00");
  await add("account", "screening");
  await add("user", "nobody", "account=screening", "qos=normal,daily");
  const folder = await temporaryFolder(stack, "mammoeval-test-account-");
  await Deno.chmod(folder, 0o755);
  const path = join(folder, "models.json");
  const choice = { account: "screening", qos: "daily", partition: "gpu", time_limit_s: 3600 };
  await Deno.writeTextFile(path, JSON.stringify({ [model]: { ...choice, gpu_type: "pretended" } }));
  return path;
}

/** A model that scores each exam of its list by the exam's name, when the test lets it go. */
const BY_NAME = `
echo "gpu <$CUDA_VISIBLE_DEVICES>"
PAUSE=0
until [ -e "$(dirname "$3")/go" ]; do sleep 0.1; done
FAILED="$(dirname "$3")/failed"
if [ "$4" = parts ] && grep -aq case003 "$1" && [ ! -e "$FAILED" ]; then touch "$FAILED"; exit 3; fi
${SCORES_BY_NAME}`;

await apptainerTest(
  "eight parts on three GPUs, two kills of the service and a lost node",
  async (stack) => {
    const cluster = stack.use(await startSlurm());
    const model = stack.use(await makeToyModel({ script: BY_NAME }));
    const data = await temporaryFolder(stack, "mammoeval-test-exams-");
    await Deno.chmod(data, 0o755);
    const order = await writeNamedExams(data);
    const site = await startApptainerSite(stack, [model], {
      ...cluster.environment,
      MAMMOEVAL_DATA_ROOTS: data,
      MAMMOEVAL_EXECUTOR: "slurm",
      MAMMOEVAL_MEMORY: "256m",
      MAMMOEVAL_DISK_FREE: "1k",
    });
    const { url, home } = site;
    await site.bring(model);
    const registered = await sendJson(`${url}/v1/datasets`, "POST", order, { prefer: "wait=60" });
    assert.ok([201, 202].includes(registered.status), JSON.stringify(registered.body));
    const evaluationOf = async (id: string): Promise<Json> =>
      (await sendJson(`${url}/v1/evaluations/${id}`, "GET")).body;
    const shardsOf = async (id: string): Promise<Json[]> => (await evaluationOf(id)).shards ?? [];
    const letPartGo = (id: string, part: number): Promise<void> =>
      Deno.writeTextFile(join(home, "work", id, "parts", String(part), "predictions/go"), "");
    const letAllGo = async (id: string): Promise<void> => {
      for (const { part } of await shardsOf(id)) await letPartGo(id, part).catch(() => {});
    };
    const independent = { device: "gpu", exams_independent: true };

    const whole = await submit(url, model.name, independent);
    await onNode(site, whole.id);
    // One part for each GPU that is free now.
    const auto = await submit(url, model.name, { ...independent, shards: "auto", experiment: "a" });
    await onNode(site, auto.id, 2);
    assert.equal((await shardsOf(auto.id)).length, 2);
    await letGo(site, whole.id);
    await letAllGo(auto.id);
    for (const { id } of [whole, auto]) assert.equal((await ended(url, id)).status, "succeeded");

    // Cancelled parts, running and waiting, leave neither a process nor a job.
    const cancelled = await submit(url, model.name, { ...independent, shards: 5, experiment: "b" });
    await onNode(site, cancelled.id, 3);
    await sendJson(`${url}/v1/evaluations/${cancelled.id}/cancel`, "POST");
    assert.equal((await ended(url, cancelled.id)).status, "cancelled");
    await untilGone(cancelled.id);
    const queued = (): Promise<string> => cluster.run("squeue", "--noheader", "--states=R,PD");
    assert.equal(await eventually(queued, (text) => text === ""), "");

    const { id } = await submit(url, model.name, {
      ...independent,
      shards: 8,
      experiment: "parts",
    });
    const granted = async (): Promise<number[]> => (await shardsOf(id)).flatMap(({ gpus }) => gpus);
    assert.equal((await eventually(granted, ({ length }) => length >= 3)).length, 3);
    const states = (await shardsOf(id)).map(({ status }) => status);
    assert.deepEqual(states.toSorted(), [
      ...["queued", "queued", "queued", "queued", "queued"],
      ...["running", "running", "running"],
    ]);
    await site.kill();
    await site.start();
    const lost = await cluster.run(
      "squeue",
      "--noheader",
      "--nodelist=node2",
      "--states=R",
      "--format=%i",
    );
    assert.match(lost, /^\d+_[1-3]$/, "all parts are tasks of one array");
    await cluster.run("scontrol", "update", "NodeName=node2", "State=DOWN", "Reason=lost");
    const isLost = (shards: Json[]): boolean =>
      shards.some(({ note }) => /because its node failed/.test(note ?? ""));
    assert.ok(isLost(await eventually(() => shardsOf(id), isLost)));
    // The node also comes back by itself, once it reports: Slurm then refuses to resume it.
    const state = (): Promise<string> =>
      cluster.run("sinfo", "--noheader", "--nodes=node2", "--format=%T");
    const resumed = await eventually(async () => {
      await cluster.run("scontrol", "update", "NodeName=node2", "State=RESUME").catch(() => {});
      return await state();
    }, (text) => !/down|drain/.test(text));
    assert.doesNotMatch(resumed, /down|drain/);
    // One part ends well, and the service is killed before it lets another one go. Part 2 fails at first.
    const running = (await shardsOf(id)).find(({ part, status }) =>
      status === "running" && part !== 2
    );
    await letPartGo(id, running.part);
    const hasEnded = (shards: Json[]): boolean =>
      shards.some(({ status }) => status === "succeeded");
    assert.ok(hasEnded(await eventually(() => shardsOf(id), hasEnded)));
    await site.kill();
    await site.start();
    const done = await eventually(async () => {
      await letAllGo(id);
      // Slurm lets a requeued job wait for two minutes, which a test need not.
      await cluster.run("scontrol", "update", `JobId=${lost}`, "StartTime=now").catch(() => {});
      return await evaluationOf(id);
    }, ({ finished_at: at }) => at !== null);
    assert.equal(done.status, "succeeded", JSON.stringify(done.error));
    assert.ok(
      done.shards.every(({ status }: Json) => status === "succeeded"),
      JSON.stringify(done.shards),
    );
    assert.deepEqual(
      done.shards.map(({ attempts }: Json) => attempts),
      [1, 2, 1, 1, 1, 1, 1, 1],
      "the part that failed ran again alone",
    );
    const jobs = await cluster.run("squeue", "--states=all", "--noheader", "--format=%F %j");
    assert.equal(
      new Set(jobs.split("\n").filter((line) => line.includes(id))).size,
      2,
      `one array, and one job for the part that failed: ${jobs}`,
    );
    const predictionsOf = async (evaluation: string): Promise<string> =>
      await (await fetch(`${url}/v1/evaluations/${evaluation}/predictions.csv`)).text();
    assert.equal(await predictionsOf(id), await predictionsOf(whole.id));
    assert.deepEqual([...Deno.readDirSync(join(home, "work"))], []);
  },
  { slurm: true },
);
