import { join, relative, resolve } from "node:path";
import type { Exam } from "../../shared/domain/mod.ts";
import type { DataListFormat } from "../../shared/format/mod.ts";
import {
  createJsonCache,
  type DatasetFiles,
  datasetFiles,
  isWithin,
  openPlain,
  PathNotAllowed,
  readJson,
  TEMPORARY_ENDING,
  temporaryPath,
  type VolumeLayout,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import type { ImagePlace, ImagesCheck } from "./check_images.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";
import type { ReadList } from "./import_dataset.ts";
import { readLinesPage } from "./lines_page.ts";

/** Begins the name of a folder that is being removed: no id can. */
const REMOVED = ".removed-";

/**
 * Datasets as folders on the volume.
 *
 * @param layout the volume
 */
export function createVolumeDatasetStore(layout: VolumeLayout): DatasetStore {
  const read = createJsonCache();
  const record = async (id: string): Promise<StoredDataset | null> =>
    await read(filesOf(id).record) as StoredDataset | null;
  const filesOf = (id: string): DatasetFiles => datasetFiles(layout, id);
  const sourcePath = (id: string, format: DataListFormat): string =>
    `${filesOf(id).source}.${format}`;
  const placesPath = (id: string): string => join(filesOf(id).importing, "images.jsonl");
  const readListPath = (id: string): string => join(filesOf(id).importing, "list.json");
  const readingsPath = (id: string): string => join(filesOf(id).importing, "readings.json");
  const checkpointPath = (id: string): string => join(filesOf(id).importing, "checkpoint.json");
  /** Images that lie beside the record are named from there: a volume may be restored elsewhere. */
  const within = (folder: string, path: string): string =>
    isWithin(folder, path) ? relative(folder, path) : path;
  const withFolder = (
    dataset: StoredDataset,
    name: (folder: string, path: string) => string,
  ): StoredDataset => ({
    ...dataset,
    images_folder: name(filesOf(dataset.id).folder, dataset.images_folder),
  });
  const leases = (id: string): Promise<string[]> => namesIn(join(layout.leases, id));
  return {
    ids: () => idsByAge(layout, record),
    async get(id): Promise<StoredDataset | null> {
      const stored = await record(id);
      return stored === null ? null : withFolder(stored, resolve);
    },
    claim: (id) => makeFolder(layout, id),
    put: (dataset) => writeJsonAtomic(filesOf(dataset.id).record, withFolder(dataset, within)),
    putSource: (id, format, path) => copyWhole(path, sourcePath(id, format)),
    source: (id, format) => Deno.readFile(sourcePath(id, format)),
    async putExams(id, exams, pickle): Promise<void> {
      await writeFileAtomic(filesOf(id).dataList, pickle);
      await writeFileAtomic(filesOf(id).exams, linesOf(exams));
    },
    // deno-lint-ignore require-await -- the page is read at once
    exams: async (id, start, limit) => readLinesPage<Exam>(filesOf(id).exams, start, limit),
    async countReading(id): Promise<number> {
      await Deno.mkdir(filesOf(id).importing, { recursive: true });
      const count = Number(await readJson(readingsPath(id)) ?? 0) + 1;
      await writeJsonAtomic(readingsPath(id), count);
      return count;
    },
    async putReadList(id, list, places): Promise<void> {
      await Deno.mkdir(filesOf(id).importing, { recursive: true });
      await writeFileAtomic(placesPath(id), linesOf(places));
      await writeJsonAtomic(readListPath(id), list); // last: it says that all of it is there
    },
    readList: async (id) => await readJson(readListPath(id)) as ReadList | null,
    // deno-lint-ignore require-await -- the page is read at once
    places: async (id, start, limit) => readLinesPage<ImagePlace>(placesPath(id), start, limit),
    putCheckpoint: (id, check) => writeJsonAtomic(checkpointPath(id), check),
    checkpoint: async (id) => await readJson(checkpointPath(id)) as ImagesCheck | null,
    endImport: (id) => removeIfThere(filesOf(id).importing),
    imagesFolder: (id) => filesOf(id).images,
    leases,
    remove: (id) => removeFolder(layout, id, leases),
    sweep: () => sweepFolders(layout, leases),
  };
}

function linesOf(values: Iterable<unknown>): string {
  return Array.from(values, (value) => JSON.stringify(value) + "\n").join("");
}

async function idsByAge(
  layout: VolumeLayout,
  recordOf: (id: string) => Promise<StoredDataset | null>,
): Promise<string[]> {
  // At once, as the look at each record: a list that hands work to another thread waits for its turn again.
  const names = foldersIn(layout.datasets).filter((name) => !name.startsWith("."));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, created: (await recordOf(name))?.created_at ?? null })),
  );
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

/** Copies a file of any size so that the copy is there whole or not at all. */
async function copyWhole(from: string, to: string): Promise<void> {
  const temporary = temporaryPath(to);
  try {
    // Its path was followed to its end: a link that has come there since then leads elsewhere.
    const source = await openPlain(from);
    if (source === null) throw new PathNotAllowed(from, `${from} is no plain file`);
    using file = await Deno.open(temporary, { write: true, createNew: true });
    await source.readable.pipeTo(file.writable, { preventClose: true });
    await file.sync();
    await Deno.rename(temporary, to);
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}

/**
 * Renames first: a power cut in between leaves no dataset that looks whole and is not. An evaluation
 * leaves its lease before it looks for the dataset, and here the lease is looked for after the
 * dataset is out of sight: of two that come at the same moment one always sees the other.
 */
async function removeFolder(
  layout: VolumeLayout,
  id: string,
  leases: (id: string) => Promise<string[]>,
): Promise<boolean> {
  const { folder } = datasetFiles(layout, id);
  const doomed = join(layout.datasets, `${REMOVED}${crypto.randomUUID().slice(0, 8)}-${id}`);
  await Deno.rename(folder, doomed);
  if ((await leases(id)).length > 0) {
    await Deno.rename(doomed, folder);
    return false;
  }
  await Deno.remove(doomed, { recursive: true });
  return true;
}

async function sweepFolders(
  layout: VolumeLayout,
  leases: (id: string) => Promise<string[]>,
): Promise<void> {
  for (const name of await namesIn(layout.datasets)) {
    if (name.startsWith(REMOVED)) await endRemoval(layout, name, leases);
    else await sweepFolder(datasetFiles(layout, name));
  }
}

async function sweepFolder({ folder, record, importing }: DatasetFiles): Promise<void> {
  const dataset = await readJson(record) as StoredDataset | null;
  if (dataset === null) return await Deno.remove(folder, { recursive: true });
  await removeTemporaries(folder);
  // A kill right after the record was written has left what the import needed.
  if (dataset.status === "importing") await removeTemporaries(importing);
  else await removeIfThere(importing);
}

async function removeTemporaries(folder: string): Promise<void> {
  for (const file of await namesIn(folder)) {
    if (file.endsWith(TEMPORARY_ENDING)) await Deno.remove(join(folder, file));
  }
}

/** A removal that was cut short goes on, unless an evaluation has come to use the dataset. */
async function endRemoval(
  layout: VolumeLayout,
  name: string,
  leases: (id: string) => Promise<string[]>,
): Promise<void> {
  const id = name.slice(REMOVED.length + "01234567-".length);
  const doomed = join(layout.datasets, name);
  if ((await leases(id)).length > 0 && await makeFolder(layout, id)) {
    await Deno.rename(doomed, datasetFiles(layout, id).folder); // replaces the empty folder
  } else await Deno.remove(doomed, { recursive: true });
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}
