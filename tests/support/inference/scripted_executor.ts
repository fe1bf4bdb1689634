/**
 * An executor for tests that starts no programs and follows the test's script.
 *
 * @module
 */
import type {
  ContainerImage,
  Executor,
  Measurement,
  OnLine,
  Outcome,
  RunEnd,
} from "../../../services/inference/engine/executor.ts";
import type { Job } from "../../../services/inference/engine/job.ts";
import type { Model } from "../../../services/inference/models/model_catalogue.ts";
import { GOOD_PREDICTIONS } from "./values.ts";

/** What a scripted container does. */
export interface Script {
  readonly lines?: readonly string[];
  /** Content of the predictions file; null for no file. */
  readonly predictions?: string | null;
  /** How it ends; `hold` runs until it is stopped, removed or released. */
  readonly end?: RunEnd | "hold";
}

/** A container of the scripted executor. */
interface ScriptedContainer {
  readonly job: Job | null;
  readonly lines: readonly string[];
  readonly ended: PromiseWithResolvers<RunEnd>;
}

/** The end of a successful container. */
export const ENDED_WELL: Extract<RunEnd, { kind: "exited" }> = {
  kind: "exited",
  exitCode: 0,
  outOfMemory: false,
  engineError: "",
};
const KILLED: RunEnd = { ...ENDED_WELL, exitCode: 137 };

/** An in-memory executor that follows the test's script. */
export interface ScriptedExecutor extends Executor {
  /** Every call, as `<method> <id or model>`. */
  readonly calls: string[];
  readonly jobs: Job[];
  readonly containers: Map<string, ScriptedContainer>;
  onProvision: (
    model: Model,
    onLine: OnLine,
    signal: AbortSignal,
  ) => Promise<Outcome<ContainerImage>>;
  onProbe: Executor["probe"];
  /** Resource usage of every container. */
  measured: Measurement | null;
  onStart: (job: Job) => Promise<Outcome<void>>;
  script: (job: Job) => Script;
  /** Ends a held container. */
  release(id: string, end?: RunEnd): void;
  /** Adds a container as if an earlier process had left it. */
  plant(id: string, script: Script): void;
}

/** The image that the scripted executor always has. */
export const SCRIPTED_IMAGE: ContainerImage = {
  tag: "mammoeval/toy:1",
  digest: "sha256:feed",
  builtAt: null,
};

/** Creates a scripted executor whose containers succeed by default. */
export function createScriptedExecutor(): ScriptedExecutor {
  const calls: string[] = [];
  const jobs: Job[] = [];
  const containers = new Map<string, ScriptedContainer>();

  function put(id: string, job: Job | null, script: Script): void {
    const ended = Promise.withResolvers<RunEnd>();
    const end = script.end ?? ENDED_WELL;
    if (end !== "hold") ended.resolve(end);
    containers.set(id, { job, lines: script.lines ?? [], ended });
  }

  const executor: ScriptedExecutor = {
    name: "docker",
    calls,
    jobs,
    containers,
    onProvision: () => Promise.resolve({ ok: true, value: SCRIPTED_IMAGE }),
    onProbe: () => Promise.resolve({ ok: true, value: undefined }),
    measured: null,
    onStart: () => Promise.resolve({ ok: true, value: undefined }),
    script: () => ({}),
    image: () => Promise.resolve(SCRIPTED_IMAGE),
    provision(model, onLine, signal): Promise<Outcome<ContainerImage>> {
      calls.push(`provision ${model.name}`);
      return executor.onProvision(model, onLine, signal);
    },
    async start(job): Promise<Outcome<void>> {
      calls.push(`start ${job.id}`);
      jobs.push(job);
      const outcome = await executor.onStart(job);
      if (!outcome.ok) return outcome;
      const script = executor.script(job);
      const predictions = script.predictions === undefined ? GOOD_PREDICTIONS : script.predictions;
      if (predictions !== null) await Deno.writeTextFile(predictionsOf(job), predictions);
      put(job.id, job, script);
      return outcome;
    },
    async follow(id, onLine): Promise<RunEnd> {
      calls.push(`follow ${id}`);
      const container = containers.get(id);
      if (container === undefined) return { kind: "vanished" };
      for (const text of container.lines) onLine({ at: new Date().toISOString(), text });
      return await container.ended.promise;
    },
    stop(id): Promise<void> {
      calls.push(`stop ${id}`);
      containers.get(id)?.ended.resolve(KILLED);
      return Promise.resolve();
    },
    remove(id): Promise<void> {
      calls.push(`remove ${id}`);
      containers.get(id)?.ended.resolve({ kind: "vanished" });
      containers.delete(id);
      return Promise.resolve();
    },
    probe(image, gpus): Promise<Outcome<void>> {
      calls.push(`probe ${gpus.join(",")}`);
      return executor.onProbe(image, gpus);
    },
    measure: () => Promise.resolve(executor.measured),
    known: () => Promise.resolve([...containers.keys()]),
    release: (id, end = ENDED_WELL) => containers.get(id)?.ended.resolve(end),
    plant: (id, script) => put(id, null, script),
  };
  return executor;
}

/** Returns the path of a job's predictions on the host. */
export function predictionsOf(job: Job): string {
  const mount = job.mounts.find(({ target }) => target === "/home/predictions")!;
  return mount.source + job.arguments[3]!.slice(mount.target.length);
}
