import { join } from "node:path";
import { VIEWS } from "../../shared/domain/mod.ts";
import { dataListOf } from "../support/ingestion/world.ts";
import { png } from "../support/ingestion/images.ts";
import { type Json, sendJson } from "../support/http.ts";
import { type LaunchedService, launchService } from "../load/launched_service.ts";
import type { Reporter, Topic } from "./topic.ts";

/** `MAMMOEVAL_BENCH_EXAMS=100000` is what a national programme has; it needs 400,000 hard links. */
const EXAMS = Number(Deno.env.get("MAMMOEVAL_BENCH_EXAMS") ?? 10_000);
/** Names that one file may have: ext4 allows 65,000. */
const LINKS_MAX = 50_000;
/** Memory that the service may have while it reads a list of 100,000 exams. */
const READING_MB_MAX = 600;
/** Memory that the service may have while it checks images, however many there are. */
const CHECKING_MB_MAX = 300;

async function makeImages(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  let file = "";
  for (let index = 0; index < EXAMS * VIEWS.length; index++) {
    const name = `${Math.floor(index / VIEWS.length)}_${VIEWS[index % VIEWS.length]}.png`;
    if (index % LINKS_MAX === 0) await Deno.writeFile(file = join(folder, name), png());
    else await Deno.link(file, join(folder, name));
  }
}

async function memoryMb({ pid }: LaunchedService): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Registers, and watches until it is ready. */
async function watch(service: LaunchedService, data: string, reporter: Reporter): Promise<void> {
  const request = { name: "large", images: join(data, "images"), data_list: join(data, "l.json") };
  const began = performance.now();
  await sendJson(`${service.url}/v1/datasets`, "POST", request);
  const peaks: Record<string, number> = {};
  let slowestMs = 0;
  let dataset: Json;
  do {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const asked = performance.now();
    dataset = (await sendJson(`${service.url}/v1/datasets/large`, "GET")).body;
    slowestMs = Math.max(slowestMs, performance.now() - asked);
    const stage = dataset.progress.stage ?? "ready";
    // The memory of the first half is given back while the second half begins.
    const part = stage === "checking" && dataset.progress.done < dataset.progress.total / 2
      ? "reading"
      : stage;
    peaks[part] = Math.max(peaks[part] ?? 0, await memoryMb(service));
  } while (dataset.status === "importing");
  const seconds = (performance.now() - began) / 1000;
  if (dataset.status !== "ready") throw new Error(JSON.stringify(dataset.errors[0]));
  reporter.line(
    `  ${EXAMS} exams, ${dataset.images} images: ${seconds.toPrecision(3)} s, ` +
      `${Math.round(dataset.images / seconds)} images a second in all`,
  );
  reporter.bound("memory while the list is read", peaks["reading"] ?? 0, "MB", READING_MB_MAX);
  reporter.bound("memory while images are checked", peaks["checking"] ?? 0, "MB", CHECKING_MB_MAX);
  reporter.line(`  slowest answer meanwhile: ${Math.round(slowestMs)} ms`);
}

/** How a large dataset is registered in place. */
const topic: Topic = {
  about: "a large dataset registered in place by a running service",
  async run(reporter): Promise<void> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-bench-" }));
    const data = join(folder, "data");
    try {
      await makeImages(join(data, "images"));
      await Deno.writeTextFile(join(data, "l.json"), dataListOf(EXAMS));
      await using service = await launchService(folder, {
        MAMMOEVAL_HOME: join(folder, "home"),
        MAMMOEVAL_DATA_ROOTS: data,
        MAMMOEVAL_EXECUTOR: "process",
        MAMMOEVAL_GPUS: "none",
      });
      await watch(service, data, reporter);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
