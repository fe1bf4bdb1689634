import { type Fault, faultOf } from "../../shared/domain/mod.ts";
import { DIGEST_BLOCK_IMAGES, imagePlaces, noteOf } from "./check_images.ts";
import type { ImageNote, ImagePlace } from "./check_images.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";
import { crowdedFault, findForeignFiles } from "./foreign_files.ts";
import { forEachOf } from "../../shared/async.ts";
import type { ImageSource } from "./image_source.ts";
import type { LinesPage } from "./lines_page.ts";
import type { ForeignFilesAnswer, ImagesLook } from "../../shared/contracts/datasets.ts";

export interface LookAgainDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
}

/** An image of the list, with its note if there is one. */
type NotedPlace = ImagePlace & Partial<ImageNote>;

/** Compares a page of images with their notes; null when no page starts at `start`. `content` ignores times. */
export async function lookAgain(
  dataset: StoredDataset,
  { store, images }: LookAgainDependencies,
  start: number,
  heed: "content" | "times" = "times",
): Promise<ImagesLook | null> {
  const page = await notedPlaces(dataset.id, store, start);
  if (page === null) return null;
  const faults: (Fault | null)[] = [];
  await forEachOf(page.items, LOOKED_AT_ONCE, async (place, index) => {
    faults[index] = await compare(place, dataset.images_folder, images, heed);
  });
  return { faults: faults.filter((fault) => fault !== null), next: page.next };
}

const LOOKED_AT_ONCE = 32;

async function notedPlaces(
  id: string,
  store: DatasetStore,
  start: number,
): Promise<LinesPage<NotedPlace> | null> {
  const notes = await store.notes(id, start, DIGEST_BLOCK_IMAGES);
  if (notes !== null) return notes;
  const exams = await store.exams(id, start, DIGEST_BLOCK_IMAGES);
  return exams === null ? null : { items: imagePlaces(exams.items), next: exams.next };
}

async function compare(
  { exam, view, image, ...noted }: NotedPlace,
  folder: string,
  images: ImageSource,
  heed: "content" | "times",
): Promise<Fault | null> {
  const result = await images.glance(folder, image, "ends");
  const place = { exam, view, image };
  const named = `${image}.png (exam ${exam}, ${view})`;
  if (!result.ok && result.reason === "missing") {
    const message = `${named} is no longer in the images folder: put it back, or register the ` +
      "dataset again without it";
    return faultOf({ ...place, code: "image_absent", message });
  }
  const now = noteOf(place, result);
  const difference = now === null ? "it cannot be read" : differenceOf(noted, now, heed);
  if (difference === null) return null;
  const message = `${named} has changed since the dataset was registered, ${difference}: put the ` +
    "registered file back, or register the dataset again";
  return faultOf({ ...place, code: "image_changed", message });
}

function differenceOf(
  noted: Partial<ImageNote>,
  now: ImageNote,
  heed: "content" | "times",
): string | null {
  const { bytes, ends, modified } = noted;
  if (bytes === undefined || ends === undefined || modified === undefined) return null;
  if (bytes !== now.bytes) return `its size is ${now.bytes} bytes instead of ${bytes}`;
  if (ends !== now.ends) return "its content is different";
  return heed === "content" || isSameTime(modified, now.modified)
    ? null
    : `the file was written again at ${new Date(now.modified).toISOString()}`;
}

/** Archives keep whole seconds, so a restored file may differ by the fraction. */
function isSameTime(a: number, b: number): boolean {
  if (a % 1000 !== 0 && b % 1000 !== 0) return a === b;
  return Math.floor(a / 1000) === Math.floor(b / 1000);
}

/** Finds the files to hide in a dataset's images folder now, since files may have been added after registration. */
export async function foreignFilesOf(
  dataset: StoredDataset,
  store: DatasetStore,
): Promise<ForeignFilesAnswer> {
  const names = new Set<string>();
  for (let start: number | null = 0; start !== null;) {
    const page: LinesPage<NotedPlace> | null = await notedPlaces(dataset.id, store, start);
    for (const { image } of page?.items ?? []) names.add(image);
    start = page?.next ?? null;
  }
  const found = await findForeignFiles(dataset.images_folder, names);
  const fault = crowdedFault(found);
  return {
    fault,
    paths: fault === null ? found.map(({ path, isFolder }) => ({ path, isFolder })) : [],
  };
}
