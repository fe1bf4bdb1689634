import assert from "node:assert/strict";
import { join } from "node:path";
import { simulationRequest } from "../../shared/contracts/screening.ts";
import { SENT_JOB_HEAP_MIB } from "../../shared/limits.ts";
import { createWorld, postForm, type World } from "../support/scoring/world.ts";
import { type BenchExams, drawExams } from "./screening/exams.ts";
import { PYTHON, runScript } from "./script.ts";
import type { Topic } from "./topic.ts";

const SCRIPTS = new URL("./screening/", import.meta.url).pathname;
const EXAMS = 100_000;
const REPLICATES = 2000;
/** The heap of a computation in the service. */
const HEAP = `--v8-flags=--max-old-space-size=${SENT_JOB_HEAP_MIB},--max-semi-space-size=8`;
/** How many replicates the loop computes; its time is scaled to all of them. */
const COMPUTED = 4;

const REQUEST = {
  pathways: [
    { kind: "replace_second_reader", threshold: 0.6 },
    { kind: "triage", threshold: 0.3 },
    { kind: "rule_out", threshold: 0.2 },
    { kind: "rule_in", threshold: 0.95 },
    { kind: "band_pass", low: 0.2, high: 0.95 },
    { kind: "third_reader", threshold: 0.6 },
  ],
  sweep: {
    kind: "replace_second_reader",
    thresholds: Array.from({ length: 200 }, (_, at) => (at + 1) / 201),
  },
  bootstrap: { replicates: REPLICATES, seed: 1 },
};

/** Scores the exams in this process; returns the folder of the score, and its report as a file. */
async function scored(
  { app, layout }: World,
  folder: string,
  { list, predictions }: BenchExams,
): Promise<{ id: string; report: string; files: string }> {
  const { status, body } = await postForm(app, "/v1/scores", {
    data_list: new File([list], "data.csv"),
    predictions: new File([predictions], "predictions.csv"),
    bootstrap: "false",
    subgroups: "false",
  });
  assert.equal(status, 201, JSON.stringify(body).slice(0, 500));
  const report = join(folder, "report.json");
  await Deno.writeTextFile(report, JSON.stringify(body));
  return { id: body.id, report, files: join(layout.scores, body.id) };
}

/** What a programme waits for, against a loop over exams with pandas. */
const topic: Topic = {
  about: `${EXAMS.toLocaleString("en")} exams, 6 pathways, a sweep of 200 thresholds, ` +
    `${REPLICATES.toLocaleString("en")} replicates by woman`,
  async run(reporter): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
    try {
      const exams = drawExams(EXAMS);
      await using world = await createWorld();
      const { id, report, files } = await scored(world, folder, exams);
      const [table, request] = [join(folder, "exams.csv"), join(folder, "request.json")];
      await Deno.writeTextFile(table, exams.joined);
      const asked = simulationRequest.parse({ score: id, ...REQUEST });
      await Deno.writeTextFile(request, JSON.stringify(asked));
      const script = join(SCRIPTS, "simulate.ts");
      const ours = await runScript(Deno.execPath(), [
        ...["run", "--allow-all", HEAP, script, files, request, report],
      ]);
      if (!ours.ok) throw new Error(`Cannot simulate: ${ours.reason}`);
      const { seconds, processorSeconds, megabytes, counts } = JSON.parse(ours.stdout);
      reporter.bound("from stored files to the answer", seconds, "s", 10);
      reporter.line(`  for which processors worked ${processorSeconds.toPrecision(3)} s`);
      reporter.bound("memory of the process", megabytes, "MB", 600);
      const loop = join(SCRIPTS, "simulate_pandas.py");
      const theirs = await runScript(PYTHON, [loop, table, request, String(COMPUTED)]);
      if (!theirs.ok) {
        reporter.skip("the loop", `${theirs.reason} (apt-get install python3-pandas)`);
        return;
      }
      const other = JSON.parse(theirs.stdout);
      assert.deepEqual(other.counts, counts, "the loop does not count the same");
      reporter.ratio({ what: "all of it", ms: 1000 * seconds }, {
        what: `pandas, of ${REPLICATES} replicates ${COMPUTED}, scaled`,
        ms: 1000 * (other.once + REPLICATES * other.each),
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
