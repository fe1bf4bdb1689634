import { join } from "node:path";
import { registerSample } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { type OwnEngine, startOwnEngine } from "../support/own_engine.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service_process.ts";
import { GOOD_ROWS, makeToyModel, type ToyModel } from "../support/toy_model.ts";

/** What can be killed. */
export type Victim = "inference" | "scoring" | "ingestion" | "engine";

/** mammoeval in four processes, with an engine of its own, all but the gateway can be killed. */
export interface ChaosSite extends AsyncDisposable {
  readonly model: ToyModel;
  readonly home: string;
  /** Base URL of the gateway. */
  readonly url: string;
  readonly engine: OwnEngine;
  kill(victim: Victim): Promise<void>;
  /** Starts what was killed and waits until it answers. */
  revive(victim: Victim): Promise<void>;
  /** All evaluations that inference knows. */
  evaluations(): Promise<Json[]>;
}

/** A fast model that also leaves preprocessed images, as real ones do. */
const SCRIPT = `
echo "image 1/2" >"$6/$RANDOM.png"
for step in 1 2 3; do echo "image $step/3"; sleep 0.1; done
${GOOD_ROWS}`;

/** Starts everything and registers sample_data. */
export async function startChaosSite(): Promise<ChaosSite> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-chaos-" });
  const home = join(folder, "home");
  const engine = await startOwnEngine();
  const model = await makeToyModel({ script: SCRIPT });
  const ingestion = await startServiceProcess({ service: "ingestion", home });
  const scoring = await startServiceProcess({ service: "scoring", home });
  const inference = await startServiceProcess({
    service: "inference",
    home,
    environment: {
      ...engine.environment,
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_GPUS: "none",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_MEMORY: "256m",
      MAMMOEVAL_CPU_SLOTS: "2",
      MAMMOEVAL_DISK_FREE: "1k",
      MAMMOEVAL_INGESTION_URL: ingestion.url,
      MAMMOEVAL_SCORING_URL: scoring.url,
    },
  });
  // Nobody else talks to the services; it holds nothing, so that killing it would show nothing.
  const gateway = await startServiceProcess({
    service: "gateway",
    home,
    environment: {
      MAMMOEVAL_INGESTION_URL: ingestion.url,
      MAMMOEVAL_INFERENCE_URL: inference.url,
      MAMMOEVAL_SCORING_URL: scoring.url,
    },
  });
  const { url } = gateway;
  await registerSample(url);
  const services: Record<Exclude<Victim, "engine">, ServiceProcess> = {
    inference,
    scoring,
    ingestion,
  };
  return {
    model,
    home,
    url,
    engine,
    kill: (victim) => victim === "engine" ? engine.kill() : services[victim].kill(),
    revive: (victim) => victim === "engine" ? engine.start() : services[victim].start(),
    async evaluations(): Promise<Json[]> {
      const all: Json[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const query = `limit=500${cursor === "" ? "" : `&cursor=${cursor}`}`;
        const { body } = await sendJson(`${url}/v1/evaluations?${query}`, "GET");
        all.push(...body.items);
        cursor = body.next_cursor;
      }
      return all;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const service of [gateway, ...Object.values(services)]) await service.kill();
      await model[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
