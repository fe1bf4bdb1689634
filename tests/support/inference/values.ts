/**
 * Factories of values for this service's tests.
 *
 * @module
 */
import { join } from "node:path";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import {
  type EvaluationRequest,
  evaluationRequest,
} from "../../../shared/contracts/evaluations.ts";
import type { Job } from "../../../services/inference/engine/job.ts";
import type { Evaluation } from "../../../services/inference/ledger/ledger.ts";
import type { Model } from "../../../services/inference/models/model_catalogue.ts";
import { predictionsFileName, type VolumeLayout } from "../../../shared/volume/mod.ts";

/** Creates a request as the route passes it on. */
export function makeRequest(overrides: Record<string, unknown> = {}): EvaluationRequest {
  return evaluationRequest.parse({
    model: "toy",
    experiment: "exp1",
    dataset: "sample",
    ...overrides,
  });
}

let made = 0;

/** Creates a queued evaluation with ascending ids, like UUIDv7. */
export function makeEvaluation(overrides: Partial<Evaluation> = {}): Evaluation {
  made += 1;
  return {
    id: `0190a000-0000-7000-8000-${String(made).padStart(12, "0")}`,
    user: "local",
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

/** Creates a model without manifest and parameters, as the catalogue reads it. */
export function makeModel(overrides: Partial<Model> = {}): Model {
  return {
    name: "toy",
    folder: "/models/toy",
    hides: [],
    manifest: {},
    devices: ["gpu", "cpu"],
    predictPath: "/home/toy",
    parameters: new Map(),
    predictFiles: ["predict.sh"],
    dockerfile: "FROM scratch\n",
    base: null,
    image: null,
    version: "0".repeat(64),
    buildVersion: "1".repeat(64),
    ...overrides,
  };
}

/** Creates a job on cpu with one mount of each kind. */
export function makeJob(overrides: Partial<Job> = {}): Job {
  return {
    id: "0190a000-0000-7000-8000-000000000001",
    model: "toy",
    image: "sha256:0123",
    mounts: [
      { source: "/data/images", target: "/home/images", readOnly: true },
      { source: "/volume/work/1/predictions", target: "/home/predictions", readOnly: false },
    ],
    parts: [],
    places: 1,
    workingFolder: "/home/toy",
    arguments: ["predict.sh", "/home/data.pkl", "/home/images", "/home/predictions/p.csv"],
    user: { uid: 10_001, gid: 10_002 },
    device: "cpu",
    parameters: {},
    gpus: [],
    gpuCount: 0,
    timeoutS: 3600,
    readOnlyRoot: false,
    limits: {
      memory: "16g",
      pids: 4096,
      cpus: 2,
      temporary: "2g",
      sharedMemoryPercent: 50,
      diskBytes: 1024 ** 3,
      outputBytes: 1024 ** 2,
    },
    labels: { "mammoeval.evaluation": "0190a000-0000-7000-8000-000000000001" },
    ...overrides,
  };
}

/** Creates a ready dataset. */
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
    check: "header",
    progress: { done: 8, total: 8 },
    warnings: [],
    warnings_total: 0,
    errors: [],
    errors_total: 0,
    created_at: "2030-01-01T00:00:00.000Z",
    ...overrides,
  };
}

/** Two exams of four images each; cancer in the first one's left and the second one's right breast. */
export const EXAMS_JSON = JSON.stringify(
  [[1, 0], [0, 1]].map(([left, right], exam) => ({
    ...Object.fromEntries(
      ["L-CC", "R-CC", "L-MLO", "R-MLO"].map((view) => [view, [`${exam}_${view}`]]),
    ),
    cancer_label: { left_malignant: left, right_malignant: right },
    horizontal_flip: "NO",
  })),
);

/** Predictions that match {@link EXAMS_JSON}. */
export const GOOD_PREDICTIONS = "left_malignant,right_malignant\n0.9,0.1\n0.2,0.8\n";

/** Files of a small complete model folder. */
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

/** Returns the sorted names in a folder; empty if it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Writes predictions where an evaluation's container leaves them. */
export async function leavePredictions(
  layout: VolumeLayout,
  { id, request }: Evaluation,
  text: string,
): Promise<void> {
  const folder = join(layout.work, id, "predictions");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, predictionsFileName(request)), text);
}
