import { join } from "node:path";
import { missingForEngine } from "../support/engine.ts";
import { evaluate } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { SCORES_BY_NAME, writeNamedExams } from "../support/named_exams.ts";
import { startOwnEngine } from "../support/own_engine.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { makeToyModel } from "../support/toy_model.ts";
import type { Reporter, Topic } from "./topic.ts";

/** 2.5 s for each of 24 exams: a minute in all. */
const WAITS = `PAUSE=2.5\n${SCORES_BY_NAME}`;
const GPUS = [0, 1, 2, 3];
const SHARDS = 8;
/** Four GPUs cannot do better than 0.25. */
const RATIO_MAX = 0.3;

async function measure(reporter: Reporter): Promise<void> {
  await using stack = new AsyncDisposableStack();
  // The pretended GPU hook inherits it from the engine.
  Deno.env.set("MAMMOEVAL_PRETENDED_GPUS", String(GPUS.length));
  const engine = stack.use(await startOwnEngine());
  const folder = await temporaryFolder(stack, "mammoeval-bench-");
  const model = stack.use(await makeToyModel({ script: WAITS }));
  const order = await writeNamedExams(folder);
  const { url } = stack.use(
    await startServiceProcess({
      home: join(folder, "home"),
      environment: {
        ...engine.environment,
        MAMMOEVAL_EXECUTOR: "docker",
        MAMMOEVAL_GPUS: GPUS.join(),
        MAMMOEVAL_MODELS: model.root,
        MAMMOEVAL_DATA_ROOTS: folder,
        MAMMOEVAL_DISK_FREE: "1k",
      },
    }),
  );
  await sendJson(`${url}/v1/datasets`, "POST", order, { prefer: "wait=60" });
  const secondsOf = async (shards: number): Promise<number> => {
    const request: Json = { device: "gpu", shards, exams_independent: true };
    const ended = await evaluate(url, model.name, { ...request, experiment: `in_${shards}` });
    if (ended.status !== "succeeded") throw new Error(JSON.stringify(ended.error));
    // Scoring is another matter: measured in the topic `scores`.
    const wallMs = Date.parse(ended.finished_at) - Date.parse(ended.started_at);
    return (wallMs - ended.provenance.score_ms) / 1000;
  };
  const one = await secondsOf(1);
  const divided = await secondsOf(SHARDS);
  reporter.line(`  one part: ${one.toFixed(1)} s; ${SHARDS} parts: ${divided.toFixed(1)} s`);
  reporter.bound("wall clock of the parts to that of one", divided / one, "", RATIO_MAX);
}

const topic: Topic = {
  about: `a model that waits a minute, in ${SHARDS} parts on ${GPUS.length} pretended GPUs`,
  async run(reporter): Promise<void> {
    const missing = await missingForEngine({ gpus: true, ownEngine: true });
    if (missing !== null) return reporter.skip("shards", missing);
    await measure(reporter);
  },
};

export default topic;
