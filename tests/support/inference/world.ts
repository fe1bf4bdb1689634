/**
 * Environment of this service's tests: a real ledger and volume around a scripted executor.
 *
 * @module
 */
import { join } from "node:path";
import type {
  DatasetRecord,
  ForeignFilesAnswer,
  ImagesLook,
} from "../../../shared/contracts/datasets.ts";
import { readDataList, writeDataList } from "../../../shared/format/mod.ts";
import { type Log, Problem, SILENT_LOG } from "../../../shared/http/mod.ts";
import {
  datasetFiles,
  silentDamage,
  type VolumeLayout,
  volumeLayout,
} from "../../../shared/volume/mod.ts";
import type {
  DatasetClient,
  ScoreOrder,
  ScoringClient,
} from "../../../services/inference/clients.ts";
import { createDevicePool, type Devices } from "../../../services/inference/dispatch/devices.ts";
import {
  createDispatcher,
  type Dispatcher,
} from "../../../services/inference/dispatch/dispatcher.ts";
import { createFolderModelCatalogue } from "../../../services/inference/models/folder_model_catalogue.ts";
import type { Evaluation, Ledger } from "../../../services/inference/ledger/ledger.ts";
import { createShardedExecutor } from "../../../services/inference/executors/sharded_executor.ts";
import type { ModelCatalogue } from "../../../services/inference/models/model_catalogue.ts";
import { openSqliteLedger } from "../../../services/inference/ledger/sqlite_ledger.ts";
import { isFinal } from "../../../services/inference/ledger/state_machine.ts";
import { createScriptedExecutor, type ScriptedExecutor } from "./scripted_executor.ts";
import {
  EXAMS_JSON,
  makeDataset,
  makeEvaluation,
  makeJob,
  makeRequest,
  namesIn,
  TOY_MODEL,
  writeFiles,
} from "./values.ts";
import {
  createExamChecks,
  type ExamChecks,
} from "../../../services/inference/submission/exam_checks.ts";
import { createVolumeWorkspace } from "../../../services/inference/workspace/volume_workspace.ts";
import type { Workspace } from "../../../services/inference/workspace/workspace.ts";

/** A whole inference service in a temporary folder, without HTTP; only containers are faked. */
export interface World {
  readonly folder: string;
  readonly layout: VolumeLayout;
  readonly ledger: Ledger;
  readonly workspace: Workspace;
  readonly examChecks: ExamChecks;
  readonly executor: ScriptedExecutor;
  readonly catalogue: ModelCatalogue;
  readonly datasets: DatasetClient & {
    record: DatasetRecord;
    /** Results of the next image comparisons; then nothing is found. */
    looks: ImagesLook[];
    foreign: ForeignFilesAnswer;
  };
  readonly scoring: ScoringClient & {
    readonly orders: ScoreOrder[];
    /** The user of each order. */
    readonly users: string[];
    readonly removed: string[];
    fault: Error | null;
  };
  readonly devices: Devices;
  readonly log: Log;
  /** Everything logged at level error. */
  readonly errors: string[];
  /** Opens the workspace as a new process does. */
  openWorkspace(): Workspace;
  /** Creates a dispatcher as a new process does. */
  createDispatcher(): Dispatcher;
  /** Adds a queued evaluation with its lease, as the route does. */
  enqueue(
    request?: Record<string, unknown>,
    provenance?: Record<string, unknown>,
  ): Promise<Evaluation>;
  /** Waits until an evaluation has ended. */
  ended(id: string): Promise<Evaluation>;
  /** Waits until a condition holds after a change of one evaluation. */
  until(id: string, holds: (evaluation: Evaluation) => boolean): Promise<Evaluation>;
  /** Returns the names in the work folder. */
  scratch(): string[];
  leases(): string[];
}

/** Runs a test in its own environment and cleans up. */
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
  const openWorkspace = (): Workspace =>
    createVolumeWorkspace({
      layout,
      preprocessed: layout.preprocessed,
      runnerOf: () => ({ uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 }),
      isRoot: Deno.uid() === 0,
      damage: silentDamage(layout),
    });
  const workspace = openWorkspace();
  const executor = createScriptedExecutor();
  const catalogue = createFolderModelCatalogue([join(folder, "models")]);
  const errors: string[] = [];
  const log: Log = { ...SILENT_LOG, error: (...parts) => errors.push(JSON.stringify(parts)) };
  const datasets = stubDatasets(makeDataset({ images_folder: join(folder, "images") }));
  const scoring = stubScoring();
  const site = {
    runnerOf: () => ({ uid: 10_001, gid: 10_001 }),
    limits: makeJob().limits,
    diskFreeBytes: 1,
  };
  const until: World["until"] = (id, holds) => waitUntil(ledger, id, holds);
  return {
    ...{ folder, layout, ledger, workspace, executor, catalogue, datasets, scoring, devices },
    ...{ log, errors, until, openWorkspace, examChecks: createExamChecks(layout) },
    createDispatcher(): Dispatcher {
      const deps = { ledger, catalogue, datasets, scoring, site, log };
      return createDispatcher(
        {
          ...deps,
          executor: createShardedExecutor(executor, layout.work),
          workspace: openWorkspace(),
        },
        createDevicePool(devices),
      );
    },
    async enqueue(request = {}, provenance = {}): Promise<Evaluation> {
      const evaluation = makeEvaluation({ request: makeRequest(request), provenance });
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
    looks: [] as ImagesLook[],
    foreign: { paths: [], fault: null } as ForeignFilesAnswer,
    lookAgain: () => Promise.resolve(stub.looks.shift() ?? { faults: [], next: null }),
    foreignFiles: () => Promise.resolve(stub.foreign),
  };
  return stub;
}

function stubScoring(): World["scoring"] {
  const orders: ScoreOrder[] = [];
  const users: string[] = [];
  const stub = {
    orders,
    users,
    fault: null as Error | null,
    removed: [] as string[],
    remove(id: string): Promise<void> {
      stub.removed.push(id);
      return Promise.resolve();
    },
    score(order: ScoreOrder, user: string): Promise<string> {
      orders.push(order);
      users.push(user);
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
