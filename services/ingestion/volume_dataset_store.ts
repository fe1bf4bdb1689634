import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { faultSchema, SLUG_PATTERN } from "../../shared/contracts/common.ts";
import { checkAgainst, storedDataset } from "../../shared/contracts/stored.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import {
  type DataListFormat,
  EXAM_TABLES,
  type ExamTables,
  tableText,
} from "../../shared/format/mod.ts";
import {
  createRecordReader,
  datasetFiles,
  isWithin,
  makeClosed,
  MODES,
  noting,
  openPlain,
  PathNotAllowed,
  readPlain,
  StoredFileDamaged,
  temporaryPath,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import type { Damage, DatasetFiles, VolumeLayout } from "../../shared/volume/mod.ts";
import type { ImagePlace } from "./check_images.ts";
import type { DatasetStore, ReadList, StoredDataset } from "./dataset_store.ts";
import { findExam } from "./find_exam.ts";
import { linesOf, type LinesPage, readLinesPage } from "./lines_page.ts";
import { imageNotes } from "./volume_image_notes.ts";
import { registrationMark, removeDataset, removeIfThere } from "./sweep_datasets.ts";

const count = z.number().int().nonnegative();
const countedFaults = z.object({ listed: z.array(faultSchema), total: count });

// Schemas of an import's own files. A damaged one counts as missing, and the import restarts.
const storedReadings = checkAgainst(count);
const storedReadList = checkAgainst(z.object({
  images: count,
  counts: z.object({ exams: count, breasts: count, malignant_breasts: count }),
  listDigest: z.string(),
  patients: z.boolean().optional(),
  files: z.string().optional(),
  errors: countedFaults,
  warnings: countedFaults,
}));
/** Stores datasets as folders on the volume; `damage` records files that cannot be read. */
export function createVolumeDatasetStore(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
): DatasetStore {
  const read = createRecordReader(damage);
  const record = (id: string): Promise<StoredDataset | null> =>
    read<StoredDataset>(filesOf(id).record, storedDataset(id));
  const filesOf = (id: string): DatasetFiles => datasetFiles(layout, id);
  const sourcePath = (id: string, format: DataListFormat): string =>
    `${filesOf(id).source}.${format}`;
  const placesPath = (id: string): string => join(filesOf(id).importing, "images.jsonl");
  const readListPath = (id: string): string => join(filesOf(id).importing, "list.json");
  const readingsPath = (id: string): string => join(filesOf(id).importing, "readings.json");
  /** Images next to the record are stored as relative paths, since a volume may be restored elsewhere. */
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
    async put(dataset): Promise<void> {
      await writeJsonAtomic(filesOf(dataset.id).record, withFolder(dataset, within));
      await removeIfThere(registrationMark(filesOf(dataset.id).folder));
    },
    putSource: (id, format, path) => copyWhole(path, sourcePath(id, format)),
    ...examTables(filesOf),
    source: (id, format) => Deno.readFile(sourcePath(id, format)),
    removeSource: (id, format) => removeIfThere(sourcePath(id, format)),
    async putExams(id, exams, pickle): Promise<void> {
      await writeFileAtomic(filesOf(id).dataList, pickle);
      await writeFileAtomic(filesOf(id).exams, linesOf(exams));
    },
    exams: (id, start, limit) => noting(damage, () => examsPage(filesOf(id).exams, start, limit)),
    findExam: (id, key, text) => noting(damage, () => findExam(filesOf(id).exams, key, text)),
    async countReading(id): Promise<number> {
      await Deno.mkdir(filesOf(id).importing, { recursive: true });
      const count = (await read<number>(readingsPath(id), storedReadings) ?? 0) + 1;
      await writeJsonAtomic(readingsPath(id), count);
      return count;
    },
    forgetReadings: (id) => removeIfThere(readingsPath(id)),
    async putReadList(id, list, places): Promise<void> {
      await Deno.mkdir(filesOf(id).importing, { recursive: true });
      await writeFileAtomic(placesPath(id), linesOf(places));
      await writeJsonAtomic(readListPath(id), list); // written last: it marks the list as complete
    },
    readList: (id) => read<ReadList>(readListPath(id), storedReadList),
    // deno-lint-ignore require-await -- the page is read at once
    places: async (id, start, limit) => readLinesPage<ImagePlace>(placesPath(id), start, limit),
    ...imageNotes(filesOf, read, damage),
    endImport: (id) => removeIfThere(filesOf(id).importing),
    imagesFolder: (id) => filesOf(id).images,
    leases,
    remove: (id) => removeDataset(layout, id, leases),
  };
}

/** Tables beside a data list, which are kept while it is imported. */
function examTables(
  filesOf: (id: string) => DatasetFiles,
): Pick<DatasetStore, "putTables" | "tables"> {
  const pathOf = (id: string, name: string): string => join(filesOf(id).importing, `${name}.csv`);
  return {
    async putTables(id, paths): Promise<void> {
      await Deno.mkdir(filesOf(id).importing, { recursive: true });
      for (const name of EXAM_TABLES) {
        if (paths[name] !== undefined) await copyWhole(paths[name], pathOf(id, name));
      }
    },
    async tables(id): Promise<ExamTables> {
      const texts = EXAM_TABLES.map(async (name) => {
        const bytes = await readPlain(pathOf(id, name));
        return bytes === null ? [] : [[name, tableText(bytes, name)] as const];
      });
      return Object.fromEntries((await Promise.all(texts)).flat());
    },
  };
}

// deno-lint-ignore require-await -- the page is read at once; what it throws is to reject
async function examsPage(
  path: string,
  start: number,
  limit: number,
): Promise<LinesPage<Exam> | null> {
  const page = readLinesPage<Exam>(path, start, limit);
  if (start === 0 && page?.items.length === 0) throw new StoredFileDamaged(path, "it is empty");
  return page;
}

async function idsByAge(
  layout: VolumeLayout,
  recordOf: (id: string) => Promise<StoredDataset | null>,
): Promise<string[]> {
  // Synchronous, like reading each record: asynchronous calls would wait for the event loop each time.
  const names = foldersIn(layout.datasets).filter((name) => SLUG_PATTERN.test(name));
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
  await makeClosed(layout.datasets);
  try {
    await Deno.mkdir(datasetFiles(layout, id).folder, { mode: MODES.closed });
    await Deno.writeTextFile(registrationMark(datasetFiles(layout, id).folder), "");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Copies a file of any size atomically. */
async function copyWhole(from: string, to: string): Promise<void> {
  const temporary = temporaryPath(to);
  try {
    // Opened without following links: the path was resolved before, so a link there now leads elsewhere.
    const source = await openPlain(from);
    if (source === null) throw new PathNotAllowed(from, `${from} is not a regular file`);
    using file = await Deno.open(temporary, { write: true, createNew: true });
    await source.readable.pipeTo(file.writable, { preventClose: true });
    await file.sync();
    await Deno.rename(temporary, to);
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
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
