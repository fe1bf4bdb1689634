import { createHmac } from "node:crypto";
import type { ReleasePolicy } from "../../shared/contracts/releases.ts";
import { type DataListFormat, EXAM_TABLES, type ExamTables } from "../../shared/format/mod.ts";
import { openPlain, PathNotAllowed } from "../../shared/volume/mod.ts";
import type { DatasetOrigin, DatasetStore, StoredDataset } from "./dataset_store.ts";
import { differenceFromMarks } from "./dicom/file_list.ts";
import type { ImageSource } from "./image_source.ts";
import { lookAgain } from "./look_again.ts";

/** The part of a submission that decides whether two datasets are the same. */
export interface SubmittedContent {
  readonly origin: DatasetOrigin;
  /** The data list, of which the dataset keeps a copy, and paths of the tables beside it; null when there is none. */
  readonly source:
    | { readonly path: string; readonly format: DataListFormat; readonly tables?: ExamTables }
    | null;
  /** Absolute folder of images used in place; null when `fillImages` or the import fills the dataset's own folder. */
  readonly imagesFolder: string | null;
  /** What callers who may not see the truth get of its scores; default: the site's policy. */
  readonly release?: ReleasePolicy | undefined;
  /** Labels and options of DICOM, as text. */
  readonly content?: string;
  /** Source folder or query; null or missing for uploads. */
  readonly place?: string | null;
  /** Absolute folder where the files are now; defaults to `imagesFolder`, null when a PACS has them. */
  readonly filesFolder?: string | null;
}

export interface ContentDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  /** Returns the volume's secret: labels and paths are stored only as keyed digests. */
  readonly contentKey: () => Promise<Uint8Array>;
}

/** Adds content digests to a dataset's origin, so that a repeated registration is recognised. */
export async function markedOrigin(
  { origin, source, content = "", place = null }: SubmittedContent,
  contentKey: ContentDependencies["contentKey"],
): Promise<DatasetOrigin> {
  const key = await contentKey();
  const hash = createHmac("sha256", key).update(content);
  if (source !== null) {
    const tables = EXAM_TABLES.map((name) => [name, source.tables?.[name]] as const);
    for (const [name, path] of [["", source.path] as const, ...tables]) {
      if (path === undefined) continue;
      const file = await openPlain(path);
      if (file === null) throw new PathNotAllowed(path, `${path} is not a regular file`);
      hash.update(name);
      for await (const block of file.readable) hash.update(block);
    }
  }
  const where = place === null ? {} : { place: keyed(key, place) };
  return { ...origin, content: hash.digest("hex"), ...where };
}

function keyed(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** How a registration differs from the dataset with its name, as one clause; null when the content is the same. */
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
  // A running import's files and a PACS's files are compared by location only.
  if (isSamePlace && (filesFolder === null || dataset.status === "importing")) return null;
  if (filesFolder === null) return "it does not come from the same query";
  if (dataset.status === "importing") {
    return "its import has not ended, so that nothing can be compared";
  }
  if (origin.kind === "data_list") return await imageDifference(dataset, filesFolder, dependencies);
  return await differenceFromMarks(
    origin.files ?? "",
    filesFolder,
    await dependencies.contentKey(),
  );
}

/** Compares the registered images with those in a folder. */
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
