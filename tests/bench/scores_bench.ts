import { join } from "node:path";
import { cpuUsage } from "node:process";
import { assembleScoring } from "../../services/scoring/assemble.ts";
import { writeDataList } from "../../shared/format/mod.ts";
import { SILENT_LOG } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { PYTHON, runScript } from "./script.ts";
import { breastPredictions, examsOf, imagePredictions } from "./scores/exams.ts";
import { drawBenchSample } from "./statistics/sample.ts";
import { medianMs, type Reporter, type Topic } from "./topic.ts";

const PROJECT = new URL("../..", import.meta.url).pathname;
const SAMPLE = drawBenchSample(1440, 61, 1);
const ROUNDS = 9;

/** `POST /v1/scores` in this process, plots and page and all, over and over. */
async function warm(folder: string, list: Uint8Array, reporter: Reporter): Promise<void> {
  const variables: Record<string, string> = { MAMMOEVAL_HOME: join(folder, "home") };
  const settings = readSettings((name) => variables[name], PROJECT);
  const service = await assembleScoring(settings, SILENT_LOG);
  let worked = cpuUsage();
  const ms = await medianMs(ROUNDS, async (round) => {
    if (round === 0) worked = cpuUsage();
    const form = new FormData();
    form.set("data_list", new File([list as Uint8Array<ArrayBuffer>], "data.pkl"));
    form.set("predictions", new File([breastPredictions(SAMPLE)], "predictions.csv"));
    // Another seed each time: what was scored before is not scored again.
    form.set("bootstrap", JSON.stringify({ replicates: 2000, seed: round + 10 }));
    const answer = await service.fetch(
      new Request("http://inside/v1/scores", { method: "POST", body: form }),
    );
    const { status } = answer;
    if (status !== 201) throw new Error(`Cannot score: ${status} ${await answer.text()}`);
    await answer.body?.cancel();
  });
  const { user, system } = cpuUsage(worked);
  await service.stop();
  reporter.bound(
    "POST /v1/scores, 1,440 breasts, both intervals, plots, page; warm",
    ms,
    "ms",
    500,
  );
  const each = (user + system) / 1000 / ROUNDS;
  reporter.line(`  for which processors worked ${each.toPrecision(3)} ms`);
}

/** The command as a person types it, against the Python scorer as a process. */
async function cold(folder: string, list: string, reporter: Reporter): Promise<void> {
  const predictions = join(folder, "predictions.csv");
  await Deno.writeTextFile(predictions, imagePredictions(SAMPLE));
  const ours: { readonly ms: number; readonly processorMs: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const home = join(folder, `home${round}`);
    const result = await runScript("env", [
      `MAMMOEVAL_HOME=${home}`,
      Deno.execPath(),
      ...["task", "--quiet", "--cwd", PROJECT, "score", list, predictions],
    ]);
    if (!result.ok) throw new Error(`Cannot score: ${result.reason}`);
    ours.push(result);
  }
  const script = join(PROJECT, "tests/bench/scores/score_sklearn.py");
  const theirs = await runScript(PYTHON, [script, list, predictions, folder]);
  if (!theirs.ok) {
    reporter.skip("the Python scorer", `${theirs.reason} (apt-get install python3-sklearn)`);
    return;
  }
  const plots = await runScript(PYTHON, ["-c", "import matplotlib"]);
  const median = ours.sort((a, b) => a.ms - b.ms)[1]!;
  const what = "deno task score, cold, 2,880 images";
  const other = plots.ok ? "the Python scorer" : "the Python scorer (without plots here)";
  reporter.ratio({ what, ms: median.ms }, { what: other, ms: theirs.ms }, 8);
  reporter.ratio(
    { what: "the same in processor time", ms: median.processorMs },
    { what: other, ms: theirs.processorMs },
  );
}

/** Scoring as a whole: what a caller waits for. */
const topic: Topic = {
  about: "POST /v1/scores warm, deno task score cold",
  async run(reporter): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
    try {
      const list = join(folder, "data.pkl");
      const bytes = writeDataList(examsOf(SAMPLE), { labels: "keep" });
      await Deno.writeFile(list, bytes);
      await warm(folder, bytes, reporter);
      await cold(folder, list, reporter);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
