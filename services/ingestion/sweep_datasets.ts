import { basename, join } from "node:path";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import {
  datasetFiles,
  isTemporary,
  isWithin,
  LAST_BYTES,
  noteCutOff,
} from "../../shared/volume/mod.ts";
import type { Damage, DatasetFiles, VolumeLayout } from "../../shared/volume/mod.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";

/** Name of a folder being removed, with its dataset's id; no id starts with a dot. */
const REMOVED = /^\.removed-[0-9a-f]{8}-(.+)$/;

/** What a registration writes before the record; only this is removed with an unfinished registration. */
const REGISTERED = /^(?:images|import|source\.(?:pkl|json|csv)|\.registering)$/;

/** Path of the file that marks a folder as an unanswered registration. */
export function registrationMark(folder: string): string {
  return join(folder, ".registering");
}

/**
 * Removes a dataset; returns false, and keeps it, while an evaluation uses it. It renames the folder first, so that a
 * power cut leaves no dataset that looks whole but is not. An evaluation writes its lease before it looks for the
 * dataset, and here the leases are read after the rename, so one of two concurrent operations always sees the other.
 */
export async function removeDataset(
  layout: VolumeLayout,
  id: string,
  leases: DatasetStore["leases"],
): Promise<boolean> {
  const { folder } = datasetFiles(layout, id);
  const doomed = join(layout.datasets, `.removed-${crypto.randomUUID().slice(0, 8)}-${id}`);
  await Deno.rename(folder, doomed);
  if ((await leases(id)).length > 0) {
    await Deno.rename(doomed, folder);
    return false;
  }
  await Deno.remove(doomed, { recursive: true });
  return true;
}

/** Finishes interrupted removals and registrations. Any other folder without a record goes to quarantine. */
export async function sweepDatasets(
  layout: VolumeLayout,
  store: Pick<DatasetStore, "ids" | "get" | "leases">,
  damage: Pick<Damage, "note" | "quarantine">,
): Promise<void> {
  const inPlace = await imagesInPlace(store);
  for (const entry of [...Deno.readDirSync(layout.datasets)]) {
    const path = join(layout.datasets, entry.name);
    try {
      await sweepEntry(entry, path, inPlace, { layout, store, damage });
    } catch (error) {
      damage.note(path, `it cannot be listed (${error}): check its permissions`);
    }
  }
}

async function imagesInPlace(store: Pick<DatasetStore, "ids" | "get">): Promise<string[]> {
  const datasets = await Promise.all((await store.ids()).map((id) => store.get(id)));
  return datasets.flatMap((dataset) => dataset === null ? [] : [dataset.images_folder]);
}

interface Sweep {
  readonly layout: VolumeLayout;
  readonly store: Pick<DatasetStore, "get" | "leases">;
  readonly damage: Pick<Damage, "note" | "quarantine">;
}

async function sweepEntry(
  { name, isFile }: Deno.DirEntry,
  path: string,
  inPlace: readonly string[],
  { layout, store, damage }: Sweep,
): Promise<void> {
  const removed = REMOVED.exec(name)?.[1];
  if (removed !== undefined) return await endRemoval(layout, path, removed, store.leases);
  if (name.startsWith(".")) return;
  const files = datasetFiles(layout, name);
  const hasRecord = !isFile && await Deno.lstat(files.record).then(() => true, isThere);
  if (SLUG_PATTERN.test(name) && hasRecord) {
    const dataset = await store.get(name);
    if (dataset !== null) await tidy(files, dataset);
  } else if (isFile || !await endRegistration(path)) {
    const reason = isFile ? "it is not a folder" : "it has no dataset.json";
    if (!inPlace.some((folder) => isWithin(path, folder))) await damage.quarantine(path, reason);
    else damage.note(path, `${reason}, but a dataset uses images in it: move it elsewhere`);
  }
}

function isThere(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return false;
  }
  throw error;
}

/** Removes a folder if it is empty or an unfinished registration; returns whether it did. */
async function endRegistration(folder: string): Promise<boolean> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  if (names.length === 0) {
    await Deno.remove(folder);
    return true;
  }
  const isOurs = names.includes(".registering") &&
    names.every((name) => REGISTERED.test(name) || isTemporary(name));
  if (isOurs) await Deno.remove(folder, { recursive: true });
  return isOurs;
}

async function tidy({ folder, importing }: DatasetFiles, { status }: StoredDataset): Promise<void> {
  await removeTemporaries(folder);
  await removeIfThere(registrationMark(folder));
  // A kill right after the record was written leaves the import's files.
  if (status === "importing") await removeTemporaries(importing);
  else await removeIfThere(importing);
}

/** Checks whether datasets' files are complete, so that damage is known before they are requested. */
export async function lookAtFiles(
  layout: VolumeLayout,
  store: Pick<DatasetStore, "ids" | "get">,
  damage: Pick<Damage, "note" | "clear">,
  ending: AbortSignal,
): Promise<void> {
  for (const id of await store.ids()) {
    const dataset = await store.get(id);
    if (ending.aborted) return;
    if (dataset?.status !== "ready") continue;
    const files = datasetFiles(layout, id);
    await noteCutOff(files.dataList, LAST_BYTES.pickle, damage);
    await noteCutOff(files.exams, LAST_BYTES.lines, damage, dataset.exams);
    // Earlier versions wrote none.
    const hasNotes = entriesOf(files.folder).some(({ name }) =>
      name === basename(files.imageNotes)
    );
    if (hasNotes) await noteCutOff(files.imageNotes, LAST_BYTES.lines, damage, dataset.images);
  }
}

async function removeTemporaries(folder: string): Promise<void> {
  for (const { name, isFile } of entriesOf(folder)) {
    if (isFile && isTemporary(name)) await Deno.remove(join(folder, name));
  }
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Finishes an interrupted removal, unless an evaluation has started to use the dataset. */
async function endRemoval(
  layout: VolumeLayout,
  doomed: string,
  id: string,
  leases: DatasetStore["leases"],
): Promise<void> {
  const { folder } = datasetFiles(layout, id);
  const isFree = await Deno.lstat(folder).then(() => false, () => true);
  if ((await leases(id)).length > 0 && isFree) await Deno.rename(doomed, folder);
  else await Deno.remove(doomed, { recursive: true });
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
