/**
 * What the tests of this service share: small makers of values, a scripted executor, and a world of
 * a real ledger and a real volume around it. Nothing but tests imports it.
 *
 * @module
 */
import { join } from "node:path";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import { type EvaluationRequest, evaluationRequest } from "../../shared/contracts/evaluations.ts";
import { readDataList, writeDataList } from "../../shared/format/mod.ts";
import { type Log, Problem, SILENT_LOG } from "../../shared/http/mod.ts";
import { datasetFiles, type VolumeLayout, volumeLayout } from "../../shared/volume/mod.ts";
import type { DatasetClient, ScoreOrder, ScoringClient } from "./clients.ts";
import { createDevicePool, type Devices } from "./devices.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import type { ContainerImage, Executor, OnLine, Outcome, RunEnd } from "./executor.ts";
import { createFolderModelCatalogue } from "./folder_model_catalogue.ts";
import type { Job } from "./job.ts";
import type { Evaluation, Ledger } from "./ledger.ts";
import type { Model, ModelCatalogue } from "./model_catalogue.ts";
import { openSqliteLedger } from "./sqlite_ledger.ts";
import { createVolumeWorkspace } from "./volume_workspace.ts";
import type { Workspace } from "./workspace.ts";
import { isFinal } from "./state_machine.ts";

/** A request as the route would hand it on. */
export function makeRequest(overrides: Record<string, unknown> = {}): EvaluationRequest {
  return evaluationRequest.parse({
    model: "toy",
    experiment: "exp1",
    dataset: "sample",
    ...overrides,
  });
}

let made = 0;

/** A queued evaluation; ids grow, as those of UUIDv7 do. */
export function makeEvaluation(overrides: Partial<Evaluation> = {}): Evaluation {
  made += 1;
  return {
    id: `0190a000-0000-7000-8000-${String(made).padStart(12, "0")}`,
    request: makeRequest(),
    status: "queued",
    progress: { done: null, total: null, note: null },
    error: null,
    score: null,
    provenance: {},
    attempt: 0,
    gpus: [],
    runningSince: null,
    createdAt: "2030-01-01T00:00:00.000Z",
    startedAt: null,
    finishedAt: null,
    version: 1,
    ...overrides,
  };
}

/** A job on cpu with one mount of each kind. */
export function makeJob(overrides: Partial<Job> = {}): Job {
  return {
    id: "0190a000-0000-7000-8000-000000000001",
    model: "toy",
    image: "sha256:0123",
    mounts: [
      { source: "/data/images", target: "/home/images", readOnly: true },
      { source: "/volume/work/1/predictions", target: "/home/predictions", readOnly: false },
    ],
    workingFolder: "/home/toy",
    arguments: ["predict.sh", "/home/data.pkl", "/home/images", "/home/predictions/p.csv"],
    user: { uid: 10_001, gid: 10_002 },
    device: "cpu",
    parameters: {},
    gpus: [],
    readOnlyRoot: false,
    limits: { memory: "16g", pids: 4096, cpus: 2, temporary: "2g" },
    labels: { "mammoeval.evaluation": "0190a000-0000-7000-8000-000000000001" },
    ...overrides,
  };
}

/** A dataset that is ready. */
export function makeDataset(overrides: Partial<DatasetRecord> = {}): DatasetRecord {
  return {
    id: "sample",
    name: "sample",
    status: "ready",
    exams: 2,
    breasts: 4,
    images: 8,
    malignant_breasts: 2,
    digest: "d1",
    images_folder: "/images",
    progress: { done: 8, total: 8 },
    warnings: [],
    warnings_total: 0,
    errors: [],
    errors_total: 0,
    created_at: "2030-01-01T00:00:00.000Z",
    ...overrides,
  };
}

/** Two exams of four images each; a cancer in the first one's left and the second one's right breast. */
export const EXAMS_JSON = JSON.stringify(
  [[1, 0], [0, 1]].map(([left, right], exam) => ({
    ...Object.fromEntries(
      ["L-CC", "R-CC", "L-MLO", "R-MLO"].map((view) => [view, [`${exam}_${view}`]]),
    ),
    cancer_label: { left_malignant: left, right_malignant: right },
    horizontal_flip: "NO",
  })),
);

/** Predictions that fit {@link EXAMS_JSON}. */
export const GOOD_PREDICTIONS = "left_malignant,right_malignant\n0.9,0.1\n0.2,0.8\n";

/** What a scripted container does. */
export interface Script {
  readonly lines?: readonly string[];
  /** Written as the predictions file, unless null. */
  readonly predictions?: string | null;
  /** How it ends; `hold` goes on until it is stopped, removed or released. */
  readonly end?: RunEnd | "hold";
}

/** A container of the scripted executor. */
interface ScriptedContainer {
  readonly job: Job | null;
  readonly lines: readonly string[];
  readonly ended: PromiseWithResolvers<RunEnd>;
}

/** How a container ends that did well. */
export const ENDED_WELL: RunEnd = {
  kind: "exited",
  exitCode: 0,
  outOfMemory: false,
  engineError: "",
};
const KILLED: RunEnd = { ...ENDED_WELL, exitCode: 137 };

/** An executor in memory: starts no program, does what the test's script says. */
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
  onStart: (job: Job) => Promise<Outcome<void>>;
  script: (job: Job) => Script;
  /** Lets a held container end. */
  release(id: string, end?: RunEnd): void;
  /** Puts a container there as an earlier process would have left it. */
  plant(id: string, script: Script): void;
}

/** The image that the scripted executor always has. */
export const SCRIPTED_IMAGE: ContainerImage = {
  tag: "mammoeval/toy:1",
  digest: "sha256:feed",
  builtAt: null,
};

/** Makes a scripted executor whose containers do well unless told otherwise. */
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
    known: () => Promise.resolve([...containers.keys()]),
    release: (id, end = ENDED_WELL) => containers.get(id)?.ended.resolve(end),
    plant: (id, script) => put(id, null, script),
  };
  return executor;
}

/** Where on the host a job's predictions go. */
export function predictionsOf(job: Job): string {
  const mount = job.mounts.find(({ target }) => target === "/home/predictions")!;
  return mount.source + job.arguments[3]!.slice(mount.target.length);
}

/** Files of a model folder that is complete and small. */
export const TOY_MODEL: Readonly<Record<string, string>> = {
  "Dockerfile": "FROM scratch\n",
  "config.txt":
    '# Essential arguments\nCONTAINER_PREDICT_PATH="/home/toy"\n\n# Other arguments\nNUM_PROCESSES=2\nUNUSED=1\n',
  "predict/predict.sh": "#!/bin/bash\nNUM_PROCESSES=1\necho $NUM_PROCESSES\n",
  "predict/helper.py": "print(1)\n",
};

/** Writes files below a folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), content);
  }
}

/** A whole inference service in a temporary folder, without HTTP; only containers are played. */
export interface World {
  readonly folder: string;
  readonly layout: VolumeLayout;
  readonly ledger: Ledger;
  readonly workspace: Workspace;
  readonly executor: ScriptedExecutor;
  readonly catalogue: ModelCatalogue;
  readonly datasets: DatasetClient & { record: DatasetRecord };
  readonly scoring: ScoringClient & { readonly orders: ScoreOrder[]; fault: Error | null };
  readonly devices: Devices;
  readonly log: Log;
  /** Everything that went to the service's log at level error. */
  readonly errors: string[];
  /** A dispatcher as a fresh process has it. */
  createDispatcher(): Dispatcher;
  /** Adds a queued evaluation as the route does, lease and all. */
  enqueue(request?: Record<string, unknown>): Promise<Evaluation>;
  /** Waits until an evaluation has ended. */
  ended(id: string): Promise<Evaluation>;
  /** Waits until something holds after a change of one evaluation. */
  until(id: string, holds: (evaluation: Evaluation) => boolean): Promise<Evaluation>;
  /** Names of what lies in the work folder. */
  scratch(): string[];
  leases(): string[];
}

/** Runs a test in a world of its own and clears it away. */
export async function inWorld(
  test: (world: World) => Promise<void>,
  devices: Devices = { cpuSlots: 1, gpus: [0, 1] },
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  const world = await createWorld(folder, devices);
  try {
    await test(world);
  } finally {
    world.ledger.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function createWorld(folder: string, devices: Devices): Promise<World> {
  const layout = volumeLayout(join(folder, "volume"));
  await Deno.mkdir(layout.work, { recursive: true });
  await writeFiles(join(folder, "models", "toy"), TOY_MODEL);
  const files = datasetFiles(layout, "sample");
  await Deno.mkdir(files.folder, { recursive: true });
  const list = readDataList(new TextEncoder().encode(EXAMS_JSON), "json");
  await Deno.writeFile(files.dataList, writeDataList(list, { labels: "keep" }));
  const ledger = openSqliteLedger(layout.ledger);
  const workspace = createVolumeWorkspace({
    layout,
    preprocessed: layout.preprocessed,
    runner: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
    isRoot: Deno.uid() === 0,
  });
  const executor = createScriptedExecutor();
  const catalogue = createFolderModelCatalogue([join(folder, "models")]);
  const errors: string[] = [];
  const log: Log = { ...SILENT_LOG, error: (...parts) => errors.push(JSON.stringify(parts)) };
  const datasets = stubDatasets(makeDataset({ images_folder: join(folder, "images") }));
  const scoring = stubScoring();
  const site = {
    runner: { uid: 10_001, gid: 10_001 },
    limits: { memory: "1g", pids: 100, cpus: 1, temporary: "1g" },
  };
  const until: World["until"] = (id, holds) => waitUntil(ledger, id, holds);
  return {
    ...{ folder, layout, ledger, workspace, executor, catalogue, datasets, scoring, devices },
    ...{ log, errors, until },
    createDispatcher: () =>
      createDispatcher(
        { ledger, executor, catalogue, datasets, scoring, workspace, site, log },
        createDevicePool(devices),
      ),
    async enqueue(request = {}): Promise<Evaluation> {
      const evaluation = makeEvaluation({ request: makeRequest(request) });
      await workspace.lease(evaluation);
      ledger.add(evaluation);
      return evaluation;
    },
    ended: (id) => until(id, ({ status }) => isFinal(status)),
    scratch: () => namesIn(layout.work),
    leases: () =>
      namesIn(layout.leases).flatMap((dataset) => namesIn(join(layout.leases, dataset))),
  };
}

function stubDatasets(record: DatasetRecord): World["datasets"] {
  const stub = {
    record,
    get(id: string): Promise<DatasetRecord> {
      if (id === stub.record.id) return Promise.resolve(stub.record);
      return Promise.reject(new Problem("not_found", `There is no dataset ${id}`));
    },
  };
  return stub;
}

function stubScoring(): World["scoring"] {
  const orders: ScoreOrder[] = [];
  const stub = {
    orders,
    fault: null as Error | null,
    score(order: ScoreOrder): Promise<string> {
      orders.push(order);
      return stub.fault === null ? Promise.resolve(order.evaluation) : Promise.reject(stub.fault);
    },
  };
  return stub;
}

function waitUntil(
  ledger: Ledger,
  id: string,
  holds: (evaluation: Evaluation) => boolean,
): Promise<Evaluation> {
  return new Promise((resolve) => {
    const unwatch = ledger.watch(id, look);
    look();
    function look(): void {
      const now = ledger.get(id);
      if (now === null || !holds(now)) return;
      unwatch();
      resolve(now);
    }
  });
}

/** Names in a folder, sorted; none when there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
