/**
 * Environment of this service's tests: the app on its own volume, and factories of data lists and predictions.
 *
 * @module
 */
import { join } from "node:path";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { type ServiceApp, SILENT_LOG } from "../../../shared/http/mod.ts";
import {
  datasetFiles,
  silentDamage,
  type VolumeLayout,
  volumeLayout,
} from "../../../shared/volume/mod.ts";
import { readDataList, writeDataList } from "../../../shared/format/mod.ts";
import { createApp } from "../../../services/scoring/app.ts";
import type { Compute } from "../../../services/scoring/compute/compute.ts";
import { doJob } from "../../../services/scoring/compute/jobs.ts";
import type { ScoreStore } from "../../../services/scoring/store/score_store.ts";
import type { ScoringDependencies } from "../../../services/scoring/dependencies.ts";
import { createVolumeScoreStore } from "../../../services/scoring/store/volume_score_store.ts";
import { createVolumeStudyStore } from "../../../services/scoring/store/study_store.ts";
import { ask } from "../http.ts";

// deno-lint-ignore no-explicit-any -- answers are looked into by the tests, field by field
export type Json = any;

/** The service on its own volume. */
export interface World extends AsyncDisposable {
  readonly app: ServiceApp;
  /** What the app was made of. */
  readonly dependencies: ScoringDependencies;
  readonly store: ScoreStore;
  readonly layout: VolumeLayout;
}

/** Starts the service on an empty volume in a temporary folder, with registered models of these names. */
export async function createWorld(models: readonly string[] = []): Promise<World> {
  const home = await Deno.makeTempDir({ prefix: "mammoeval-scoring-" });
  const layout = volumeLayout(home);
  const { scores, results, datasets, readerStudies } = layout;
  for (const folder of [scores, results, datasets, readerStudies]) await Deno.mkdir(folder);
  const damage = silentDamage(layout);
  const store = createVolumeScoreStore(layout, damage);
  const dependencies: ScoringDependencies = {
    store,
    studies: createVolumeStudyStore(layout, damage),
    compute: directCompute(store),
    modelNames: () => models,
    uploads: layout.scoreUploads,
    quota: 3,
    damage,
    log: SILENT_LOG,
  };
  return {
    app: createApp(dependencies),
    dependencies,
    store,
    layout,
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

/** Runs jobs in the calling thread. */
export function directCompute(source: ScoreStore): Compute {
  return {
    run: (kind, request) => doJob(kind, request, source),
    stop: () => Promise.resolve(),
  };
}

/** Creates an exam of a data list with one image per view. */
export function listEntry(
  index: number,
  left: 0 | 1,
  right: 0 | 1,
  extras: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    exam_id: `exam${index}`,
    "L-CC": [`${index}_L_CC`],
    "R-CC": [`${index}_R_CC`],
    "L-MLO": [`${index}_L_MLO`],
    "R-MLO": [`${index}_R_MLO`],
    cancer_label: { left_malignant: left, right_malignant: right },
    horizontal_flip: "NO",
    ...extras,
  };
}

/** Creates a data list; every third exam has cancer in the left breast; density is a, b or missing. */
export function makeList(exams: number): Record<string, unknown>[] {
  const densities = ["a", "b", null];
  return Array.from({ length: exams }, (_, index) =>
    listEntry(index, index % 3 === 0 ? 1 : 0, 0, {
      density: densities[index % densities.length],
      age: 40 + index,
    }));
}

/** Creates image-level predictions for {@linkcode makeList}: the score of an exam's breast, the same for both views. */
export function makePredictions(
  exams: number,
  score: (exam: number, side: "L" | "R") => number,
): string {
  const rows = ["image_index,malignant_pred,malignant_label"];
  for (let exam = 0; exam < exams; exam++) {
    for (const side of ["L", "R"] as const) {
      for (const view of ["CC", "MLO"]) rows.push(`${exam}_${side}_${view},${score(exam, side)},0`);
    }
  }
  return rows.join("\n") + "\n";
}

/** Scores that detect most cancers of {@linkcode makeList} and vary between breasts and exams. */
export function fairScore(exam: number, side: "L" | "R"): number {
  const cancer = side === "L" && exam % 3 === 0;
  return ((exam * 37 + (side === "L" ? 0 : 53)) % 100) / 150 + (cancer ? 0.25 : 0);
}

/** Sends a request to the app and checks the response against the API document. */
export async function askApp(
  app: ServiceApp,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  return await ask(path, init, (url, request) => app.request(url, request));
}

/** Posts a multipart body; strings become fields, files become file parts. */
export async function postForm(
  app: ServiceApp,
  path: string,
  parts: Record<string, string | File>,
): Promise<{ status: number; headers: Headers; body: Json }> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) form.set(name, part);
  const response = await askApp(app, path, { method: "POST", body: form });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Sends JSON, or no body, and parses the JSON response. */
export async function sendJson(
  app: ServiceApp,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: Headers; body: Json }> {
  const response = await askApp(
    app,
    path,
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } },
  );
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Uploads predictions for {@linkcode makeList} and returns the score report. */
export async function uploadScore(
  app: ServiceApp,
  exams: number,
  score: (exam: number, side: "L" | "R") => number,
  parts: Record<string, string | File> = {},
): Promise<ScoreReport> {
  const { status, body } = await postForm(app, "/v1/scores", {
    data_list: new File([JSON.stringify(makeList(exams))], "data.json"),
    predictions: new File([makePredictions(exams, score)], "predictions.csv"),
    bootstrap: '{"replicates":400}',
    ...parts,
  });
  if (status !== 201) throw new Error(`Cannot score: ${JSON.stringify(body)}`);
  return body;
}

/** Puts a ready dataset on the volume, as ingestion does. */
export async function putDataset(
  layout: VolumeLayout,
  id: string,
  list: readonly Record<string, unknown>[],
  digest = `sha256:${id}`,
): Promise<void> {
  const files = datasetFiles(layout, id);
  await Deno.mkdir(files.folder, { recursive: true });
  const read = readDataList(new TextEncoder().encode(JSON.stringify(list)), "json");
  await Deno.writeFile(files.dataList, writeDataList(read, { labels: "keep" }));
  const images = list.length * 4;
  const record = {
    ...{ id, name: id, status: "ready", digest, images_folder: "/images", check: "header" },
    ...{ exams: list.length, breasts: list.length * 2, images, malignant_breasts: 1 },
    ...{ warnings: [], warnings_total: 0, errors: [], errors_total: 0 },
    ...{ progress: { done: images, total: images } },
    created_at: "2030-01-01T00:00:00.000Z",
  };
  await Deno.writeTextFile(files.record, JSON.stringify(record));
}

/** Puts an evaluation's predictions on the volume, as inference does; returns their path. */
export async function putPredictions(
  layout: VolumeLayout,
  key: { experiment: string; model: string; id: string },
  csv: string,
): Promise<string> {
  const folder = join(layout.results, key.experiment, key.model, key.id);
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${key.model}_${key.experiment}_predictions.csv`);
  await Deno.writeTextFile(path, csv);
  return path;
}
