/**
 * A volume, a store and datasets, for tests.
 *
 * @module
 */
import { join } from "node:path";
import { VIEWS } from "../../../shared/domain/mod.ts";
import { SILENT_LOG } from "../../../shared/http/mod.ts";
import { silentDamage, type VolumeLayout, volumeLayout } from "../../../shared/volume/mod.ts";
import { createDataListExamSource } from "../../../services/ingestion/data_list_exam_source.ts";
import type { DatasetStore, StoredDataset } from "../../../services/ingestion/dataset_store.ts";
import type { ExamSource } from "../../../services/ingestion/exam_source.ts";
import { createFileImageSource } from "../../../services/ingestion/file_image_source.ts";
import type { ImageSource } from "../../../services/ingestion/image_source.ts";
import { checkDataset, readExams } from "../../../services/ingestion/import_dataset.ts";
import type { ImportRunner } from "../../../services/ingestion/import_runner.ts";
import {
  createDatasetRegistry,
  type DatasetRegistry,
  type DatasetSubmission,
} from "../../../services/ingestion/register_dataset.ts";
import { png } from "./images.ts";
import { createVolumeDatasetStore } from "../../../services/ingestion/volume_dataset_store.ts";

/** DICOM is tested with real converters, in tests/dicom. */
const NO_DICOM: ExamSource = { read: () => Promise.reject(new TypeError("No DICOM here")) };

/** A submission with a data list. */
export type ListSubmission = DatasetSubmission & {
  readonly source: NonNullable<DatasetSubmission["source"]>;
};

/** Ingestion on its own volume, without HTTP and threads. */
export interface World extends AsyncDisposable {
  /** Folder of the data owner's files. */
  readonly data: string;
  readonly layout: VolumeLayout;
  readonly store: DatasetStore;
  readonly images: ImageSource;
  readonly runner: ImportRunner;
  readonly registry: DatasetRegistry;
  /** Writes a data list and a matching images folder. */
  submission(name: string, exams?: number): Promise<ListSubmission>;
  /** Adds an evaluation's lease of a dataset. */
  lease(dataset: string): Promise<void>;
  /** Returns the names in the folder of all datasets. */
  folders(): string[];
}

/**
 * Creates the environment.
 *
 * @param wrap changes the runner of imports
 */
export async function makeWorld(
  wrap: (runner: ImportRunner) => ImportRunner = (runner) => runner,
): Promise<World> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-ingestion-" }));
  const layout = volumeLayout(join(folder, "home"));
  const data = join(folder, "data");
  await Deno.mkdir(layout.datasets, { recursive: true });
  await Deno.mkdir(join(data, "images"), { recursive: true });
  await Deno.writeFile(join(data, "images/good.png"), png());
  const store = createVolumeDatasetStore(layout, silentDamage(layout));
  const sources = { data_list: createDataListExamSource(store), dicom: NO_DICOM };
  const images = createFileImageSource();
  const key = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(32));
  const runner = wrap({
    async run(id, onProgress, signal): Promise<void> {
      const dataset = (await store.get(id))!;
      const dependencies = { store, images, sources, digestKey: key };
      await readExams(dataset, dependencies, onProgress);
      await checkDataset(dataset, dependencies, onProgress, signal);
    },
  });
  return {
    data,
    layout,
    store,
    images,
    runner,
    registry: createDatasetRegistry({
      ...{ store, images, runner, log: SILENT_LOG, contentKey: key },
    }),
    submission: (name, exams = 2) => makeSubmission(data, name, exams),
    async lease(dataset): Promise<void> {
      await Deno.mkdir(join(layout.leases, dataset), { recursive: true });
      await Deno.writeTextFile(join(layout.leases, dataset, "evaluation-1"), "");
    },
    folders: () => [...Deno.readDirSync(layout.datasets)].map(({ name }) => name).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function makeSubmission(
  data: string,
  name: string,
  exams: number,
): Promise<ListSubmission> {
  const path = join(data, `${crypto.randomUUID()}.json`);
  await Deno.writeTextFile(path, dataListOf(exams));
  for (const image of imageNamesOf(exams)) {
    await Deno.link(join(data, "images/good.png"), join(data, `images/${image}.png`))
      .catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
  }
  return {
    name,
    origin: { kind: "data_list", format: "json" },
    source: { path, format: "json" },
    imagesFolder: join(data, "images"),
    check: "header",
  };
}

/** Creates a JSON data list with one image per view. */
export function dataListOf(exams: number): string {
  return JSON.stringify(Array.from({ length: exams }, (_, exam) => ({
    ...Object.fromEntries(VIEWS.map((view) => [view, [`${exam}_${view}`]])),
    cancer_label: { left_malignant: exam % 2, right_malignant: 0 },
    exam_id: `exam ${exam}`,
  })));
}

/** Returns the names of the images of these exams. */
export function imageNamesOf(exams: number): string[] {
  return Array.from({ length: exams }, (_, exam) => VIEWS.map((view) => `${exam}_${view}`)).flat();
}

/** Creates the record of a running import. */
export function makeStored(overrides: Partial<StoredDataset> = {}): StoredDataset {
  return {
    id: "a",
    name: "a",
    status: "importing",
    exams: 0,
    breasts: 0,
    images: 0,
    malignant_breasts: 0,
    digest: null,
    images_folder: "/images",
    check: "header",
    progress: { done: 0, total: 0 },
    warnings: [],
    warnings_total: 0,
    errors: [],
    errors_total: 0,
    created_at: "2030-01-01T00:00:00.000Z",
    origin: { kind: "data_list", format: "json" },
    ...overrides,
  };
}
