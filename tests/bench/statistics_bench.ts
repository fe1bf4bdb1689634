import { join } from "node:path";
import { bootstrapAreas, type BootstrapOptions } from "../../services/scoring/statistics/mod.ts";
import { naiveReplicates } from "../support/scoring/naive_bootstrap.ts";
import { PYTHON, runScript } from "./script.ts";
import { type BenchSample, drawBenchSample } from "./statistics/sample.ts";
import { processorMs, type Reporter, type Topic } from "./topic.ts";

const REPLICATES = 2000;
const OPTIONS: BootstrapOptions = {
  replicates: REPLICATES,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: false,
};
const FOLDER = new URL("./statistics/", import.meta.url).pathname;

/** A sample and what it is compared with. */
interface Case {
  readonly rows: number;
  readonly positives: number;
  /** How many replicates the slow sides compute; their time is scaled to all of them. */
  readonly computed: number;
  readonly aimOverPython: number;
  readonly aimOverR?: number;
}

const CASES: readonly Case[] = [
  { rows: 1440, positives: 61, computed: 2000, aimOverPython: 600, aimOverR: 80 },
  { rows: 28_296, positives: 62, computed: 100, aimOverPython: 1000 },
];

async function compare(
  { rows, positives, computed, aimOverPython, aimOverR }: Case,
  reporter: Reporter,
): Promise<void> {
  reporter.line(
    `  ${
      rows.toLocaleString("en")
    } rows, ${positives} positive, ${REPLICATES} replicates, processor time` +
      (computed < REPLICATES ? ` (others: ${computed}, scaled)` : ""),
  );
  const sample = drawBenchSample(rows, positives, 1);
  const alone = { ...sample, clusters: null };
  const ours = {
    what: "by row",
    ms: await processorMs(15, () => bootstrapAreas(alone, OPTIONS)),
  };
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
  const file = join(folder, "sample.csv");
  await Deno.writeTextFile(file, csvOf(sample));
  const scale = REPLICATES / computed;
  const others = [
    [
      "scikit-learn",
      PYTHON,
      "bootstrap_sklearn.py",
      "apt-get install python3-sklearn",
      aimOverPython,
    ],
    ["pROC", "Rscript", "bootstrap_proc.R", "apt-get install r-base-core r-cran-proc", aimOverR],
  ] as const;
  for (const [what, program, script, needs, aim] of others) {
    const result = await runScript(program, [join(FOLDER, script), file, String(computed)]);
    if (!result.ok) reporter.skip(what, `${result.reason} (${needs})`);
    else reporter.ratio(ours, { what, ms: scale * Number(result.stdout) }, aim);
  }
  await Deno.remove(folder, { recursive: true });
  const naive = await processorMs(
    1,
    () => naiveReplicates(alone, { replicates: computed, seed: 1 }),
  );
  reporter.ratio(ours, { what: "our naive loop", ms: scale * naive });
  const clustered = {
    what: "by exam",
    ms: await processorMs(7, () => bootstrapAreas(sample, OPTIONS)),
  };
  const inClusters = await processorMs(
    1,
    () => naiveReplicates(sample, { replicates: computed, seed: 1 }),
  );
  reporter.ratio(clustered, { what: "our naive loop by exam", ms: scale * inClusters });
}

function csvOf({ scores, labels }: BenchSample): string {
  return Array.from(scores, (score, at) => `${score},${labels[at]}\n`).join("");
}

async function million(kind: "row" | "cluster", reporter: Reporter): Promise<void> {
  const script = join(FOLDER, "million_rows.ts");
  const result = await runScript(Deno.execPath(), ["run", "--allow-all", script, kind]);
  if (!result.ok) throw new Error(`Cannot measure a million rows: ${result.reason}`);
  const { seconds, processorSeconds, megabytes } = JSON.parse(result.stdout);
  reporter.bound(kind === "row" ? "by row" : "by exam", seconds, "s", kind === "row" ? 10 : 3);
  reporter.line(`  of which processors worked ${processorSeconds.toPrecision(3)} s in all`);
  reporter.bound("memory of the process", megabytes, "MB", 600);
}

/** The bootstrap of AUROC, AUPRC and average precision, warm. */
const topic: Topic = {
  about: "bootstrap intervals of AUROC and AUPRC (and, here, average precision)",
  async run(reporter): Promise<void> {
    for (const one of CASES) await compare(one, reporter);
    reporter.line(`  1,000,000 rows, 30,000 positive, ${REPLICATES} replicates, all processors`);
    await million("row", reporter);
    await million("cluster", reporter);
  },
};

export default topic;
