import { join } from "node:path";
import { type DataListFormat } from "../../shared/format/mod.ts";
import {
  datasetFiles,
  readJson,
  type VolumeLayout,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";

/**
 * Datasets as folders on the volume.
 *
 * @param layout the volume
 */
export function createVolumeDatasetStore(layout: VolumeLayout): DatasetStore {
  function sourcePath(id: string, format: DataListFormat): string {
    return `${datasetFiles(layout, id).source}.${format}`;
  }
  return {
    ids: () => idsByAge(layout),
    get: async (id) => await readJson(datasetFiles(layout, id).record) as StoredDataset | null,
    claim: (id) => makeFolder(layout, id),
    put: (dataset) => writeJsonAtomic(datasetFiles(layout, dataset.id).record, dataset),
    putSource: (id, format, bytes) => writeFileAtomic(sourcePath(id, format), bytes),
    source: (id, format) => Deno.readFile(sourcePath(id, format)),
    putDataList: (id, pickle) => writeFileAtomic(datasetFiles(layout, id).dataList, pickle),
    dataList: (id) => Deno.readFile(datasetFiles(layout, id).dataList),
    imagesFolder: (id) => datasetFiles(layout, id).images,
    leases: (id) => namesIn(join(layout.leases, id)),
    remove: (id) => removeFolder(layout, id),
    sweep: () => sweepFolders(layout),
  };
}

async function idsByAge(layout: VolumeLayout): Promise<string[]> {
  const names = (await namesIn(layout.datasets)).filter((name) => !name.startsWith("."));
  const aged = await Promise.all(names.map(async (name) => {
    const record = await readJson(datasetFiles(layout, name).record) as StoredDataset | null;
    return { name, created: record?.created_at ?? null };
  }));
  return aged
    .filter(({ created }) => created !== null)
    .sort((a, b) =>
      a.created! < b.created! ? -1 : a.created! > b.created! ? 1 : a.name < b.name ? -1 : 1
    )
    .map(({ name }) => name);
}

async function makeFolder(layout: VolumeLayout, id: string): Promise<boolean> {
  await Deno.mkdir(layout.datasets, { recursive: true });
  try {
    await Deno.mkdir(datasetFiles(layout, id).folder, { mode: 0o755 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Renames first: a power cut in between leaves no dataset that looks whole and is not. */
async function removeFolder(layout: VolumeLayout, id: string): Promise<void> {
  const doomed = join(layout.datasets, `.removed-${id}-${crypto.randomUUID().slice(0, 8)}`);
  await Deno.rename(datasetFiles(layout, id).folder, doomed);
  await Deno.remove(doomed, { recursive: true });
}

async function sweepFolders(layout: VolumeLayout): Promise<void> {
  for (const name of await namesIn(layout.datasets)) {
    // A name that starts with a dot is a removal that was cut short.
    if (name.startsWith(".") || await readJson(datasetFiles(layout, name).record) === null) {
      await Deno.remove(join(layout.datasets, name), { recursive: true });
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
