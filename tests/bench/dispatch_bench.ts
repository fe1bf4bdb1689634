import { join } from "node:path";
import { docker, runDocker, TINY_IMAGE } from "../support/engine.ts";
import { evaluate, registerSample } from "../support/evaluations.ts";
import { sendJsonUnseen } from "../support/http.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service_process.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";
import { askAtRate, percentile } from "./dispatch/load.ts";
import { medianMs, type Reporter, type Topic } from "./topic.ts";

/** Evaluations in the queue while requests are measured. */
const QUEUED = 1000;
/** Rate at which evaluations are looked at, and for how long. */
const GETS_PER_S = 300;
const GETS_S = 10;

/** A model that takes no time of its own beyond what starting a container takes. */
const QUICK = GOOD_ROWS;
/** One that keeps its device, so that the others stay in the queue. */
const HOLD = `if [ "$4" = hold ]; then sleep 3600; fi\n${GOOD_ROWS}`;

/** Wall time of an evaluation against the same container started by hand, in the same run. */
async function overhead(
  service: ServiceProcess,
  model: ToyModel,
  reporter: Reporter,
): Promise<void> {
  const ours: number[] = [];
  await medianMs(7, async (round) => {
    const { status, error, provenance, ...ended } = await evaluate(service.url, model.name, {
      experiment: `bench${round + 2}`,
    });
    if (status !== "succeeded") throw new Error(`Cannot measure: ${JSON.stringify(error)}`);
    // Scoring is another matter: measured in the topic `scores`.
    const wall = Date.parse(ended.finished_at) - Date.parse(ended.created_at);
    if (round >= 0) ours.push(wall - provenance.score_ms);
  });
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const [image] = (await docker("image", "ls", "--quiet", `mammoeval/${model.name}`)).split("\n");
  const script = join(model.root, model.name, "predict", "predict.sh");
  const byHand = await medianMs(7, () =>
    docker(
      ...["run", "--rm", "--init", "--network", "none", "--user", "10001:10001"],
      ...["--cap-drop", "ALL", "--memory", "512m", "--pids-limit", "4096", "--tmpfs", "/tmp"],
      ...["--volume", `${script}:/home/toy/predict.sh:ro`, "--volume", `${folder}:/out`],
      ...["--entrypoint", "bash", image!, "/home/toy/predict.sh", "-", "-", "/out/p.csv"],
    ));
  await Deno.remove(folder, { recursive: true });
  const median = ours.sort((a, b) => a - b)[Math.floor(ours.length / 2)]!;
  reporter.line(
    `  evaluation without its scoring: ${median.toFixed(0)} ms; ` +
      `docker run by hand: ${byHand.toFixed(0)} ms`,
  );
  reporter.bound("what mammoeval adds to docker run", median - byHand, "ms", 400);
}

/** A thousand in the queue: how fast new ones are taken and old ones are told. */
async function load(service: ServiceProcess, model: ToyModel, reporter: Reporter): Promise<void> {
  const { url } = service;
  const body = { model: model.name, dataset: "sample", bootstrap: false };
  const post = (experiment: string): ReturnType<typeof sendJsonUnseen> =>
    sendJsonUnseen(`${url}/v1/evaluations`, "POST", { ...body, experiment });
  const first = await post("hold");
  const posts: number[] = [];
  const ids: string[] = [];
  for (let at = 0; at < QUEUED; at++) {
    const start = performance.now();
    const answer = await post(`queue${at}`);
    posts.push(performance.now() - start);
    if (answer.status !== 202) throw new Error(`Cannot queue: ${JSON.stringify(answer.body)}`);
    ids.push(answer.body.id);
  }
  reporter.bound(`POST p99, ${QUEUED} of them in a row`, percentile(posts, 0.99), "ms", 50);
  const gets = await askAtRate(
    (at) => `${url}/v1/evaluations/${ids[at % ids.length]}`,
    GETS_PER_S,
    GETS_S,
  );
  reporter.bound(`GET p99 at ${GETS_PER_S} a second`, percentile(gets, 0.99), "ms", 20);
  reporter.bound(
    "resident memory of inference",
    (await residentBytes(service.pid!)) / 1024 ** 2,
    "MB",
    250,
  );
  await recovery(service, reporter);
  await sendJsonUnseen(`${url}/v1/evaluations/${first.body.id}/cancel`, "POST");
}

/** From SIGKILL to the first answer, less what a start without any evaluations takes. */
async function recovery(service: ServiceProcess, reporter: Reporter): Promise<void> {
  const empty = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
  const other = await startServiceProcess({ home: join(empty, "home"), environment: ENVIRONMENT });
  const restart = async (process: ServiceProcess): Promise<number> => {
    await process.kill();
    const start = performance.now();
    await process.start();
    return performance.now() - start;
  };
  const without = await restart(other);
  const withQueue = await restart(service);
  await other.kill();
  await Deno.remove(empty, { recursive: true });
  reporter.line(`  start without evaluations: ${without.toFixed(0)} ms`);
  reporter.bound(`recovery of ${QUEUED} queued ones`, withQueue - without, "ms", 2000);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

const ENVIRONMENT = {
  MAMMOEVAL_EXECUTOR: "docker",
  MAMMOEVAL_GPUS: "none",
  MAMMOEVAL_MEMORY: "512m",
  MAMMOEVAL_RATE_LIMIT: "0",
  MAMMOEVAL_DISK_FREE: "1k",
};

async function measure(
  script: string,
  work: (service: ServiceProcess, model: ToyModel) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
  await using model = await makeToyModel({ script });
  try {
    await using service = await startServiceProcess({
      home: join(folder, "home"),
      environment: { ...ENVIRONMENT, MAMMOEVAL_MODELS: model.root },
    });
    await registerSample(service.url);
    await work(service, model);
  } finally {
    await removeContainers(join(folder, "home"));
    await Deno.remove(folder, { recursive: true });
  }
}

async function removeContainers(home: string): Promise<void> {
  const filter = `label=mammoeval.volume=${home}`;
  const { stdout } = await runDocker(["ps", "--all", "--quiet", "--filter", filter]);
  const left = stdout.split("\n").filter((id) => id !== "");
  if (left.length > 0) await runDocker(["rm", "--force", ...left]);
}

const topic: Topic = {
  about: "what dispatch adds to docker run, and how it bears a thousand queued evaluations",
  async run(reporter): Promise<void> {
    if ((await runDocker(["image", "inspect", TINY_IMAGE])).code !== 0) {
      return reporter.skip("dispatch", "needs a Docker engine and .ci/base_images.sh");
    }
    await measure(QUICK, (service, model) => overhead(service, model, reporter));
    await measure(HOLD, (service, model) => load(service, model, reporter));
  },
};

export default topic;
