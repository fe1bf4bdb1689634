import { createHmac } from "node:crypto";
import type { ReleasePolicy } from "../../shared/contracts/releases.ts";
import type { DataListFormat } from "../../shared/format/mod.ts";
import { openPlain, PathNotAllowed } from "../../shared/volume/mod.ts";
import type { DatasetOrigin, DatasetStore, StoredDataset } from "./dataset_store.ts";
import { filesMark } from "./dicom/file_list.ts";
import type { ImageSource } from "./image_source.ts";
import { lookAgain } from "./look_again.ts";

/** The part of what a data owner hands in that makes two datasets the same or not. */
export interface SubmittedContent {
  readonly origin: DatasetOrigin;
  /** The data list: a copy is kept with the dataset. null where there is none. */
  readonly source: { readonly path: string; readonly format: DataListFormat } | null;
  /**
   * Absolute folder of the images when they are used in place; else `null`: they come to the
   * dataset's own folder, by `fillImages` or by the import.
   */
  readonly imagesFolder: string | null;
  /** What callers who may not see the truth get of its scores; the site's policy without it. */
  readonly release?: ReleasePolicy | undefined;
  /** Labels and options of DICOM, as text. */
  readonly content?: string;
  /** Folder or query that the files come from; null or missing for uploads. */
  readonly place?: string | null;
  /** Absolute folder where the files lie now; `imagesFolder` without it, null where a PACS has them. */
  readonly filesFolder?: string | null;
}

/** What comparing a registration with a dataset works with. */
export interface ContentDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  /** The volume's secret: labels and paths are kept as keyed digests only. */
  readonly contentKey: () => Promise<Uint8Array>;
}

/**
 * Notes what a dataset is made from, so that the same content is recognised when it is registered again.
 *
 * @param submission what was handed in
 * @param contentKey gives the secret of the digests
 */
export async function markedOrigin(
  { origin, source, content = "", place = null }: SubmittedContent,
  contentKey: ContentDependencies["contentKey"],
): Promise<DatasetOrigin> {
  const key = await contentKey();
  const hash = createHmac("sha256", key).update(content);
  if (source !== null) {
    const file = await openPlain(source.path);
    if (file === null) {
      throw new PathNotAllowed(source.path, `${source.path} is not a regular file`);
    }
    for await (const block of file.readable) hash.update(block);
  }
  const where = place === null ? {} : { place: keyed(key, place) };
  return { ...origin, content: hash.digest("hex"), ...where };
}

function keyed(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/**
 * Says in what a registration differs from the dataset that has its name.
 *
 * @param dataset that is ready or importing
 * @param submission what was handed in, its files where they were put
 * @param marked its origin, from {@linkcode markedOrigin}
 * @returns one clause; null where the content is the same
 */
export async function contentDifference(
  dataset: StoredDataset,
  submission: SubmittedContent,
  marked: DatasetOrigin,
  dependencies: ContentDependencies,
): Promise<string | null> {
  const { origin } = dataset;
  if (origin.kind !== marked.kind) return "one is made from DICOM, the other from a data list";
  if (origin.content !== marked.content) {
    return marked.kind === "dicom" ? "labels or options differ" : "the data list differs";
  }
  if (JSON.stringify(dataset.release) !== JSON.stringify(submission.release)) {
    return "the release policy differs";
  }
  const isSamePlace = marked.place !== undefined && marked.place === origin.place;
  const { filesFolder = submission.imagesFolder } = submission;
  // What an import still reads, or a PACS has, is known by its place only.
  if (isSamePlace && (filesFolder === null || dataset.status === "importing")) return null;
  if (filesFolder === null) return "it does not come from the same query";
  if (dataset.status === "importing") {
    return "its import has not ended, so that nothing can be compared";
  }
  if (origin.kind === "data_list") return await imageDifference(dataset, filesFolder, dependencies);
  const by = origin.files?.startsWith("bytes") ? "bytes" : "times";
  return origin.files === await filesMark(filesFolder, by, await dependencies.contentKey())
    ? null
    : `the DICOM files differ in name, size or ${by === "bytes" ? "content" : "time"}`;
}

/** Compares the registered images with those that lie in a folder now. */
async function imageDifference(
  dataset: StoredDataset,
  folder: string,
  dependencies: ContentDependencies,
): Promise<string | null> {
  for (let start: number | null = 0; start !== null;) {
    const look = await lookAgain(
      { ...dataset, images_folder: folder },
      dependencies,
      start,
      "content",
    );
    const [fault] = look?.faults ?? [];
    if (fault !== undefined) return fault.message.split(":")[0]!;
    start = look?.next ?? null;
  }
  return null;
}
