import type { DataList } from "../../shared/format/mod.ts";
import type { StoredDataset } from "./dataset_store.ts";
import { convertFolder } from "./dicom/convert_folder.ts";
import type { DicomConverter } from "./dicom/dicom_converter.ts";
import { DicomRefused } from "./dicom/dicom_refused.ts";
import type { SealedStore } from "./dicom/sealed_store.ts";
import { marksOf, untilQuiet } from "./dicom/file_list.ts";
import { readLabels } from "./dicom/labels.ts";
import { fetchStudies } from "./dicom/fetch_studies.ts";
import { type Pacs, PacsFailed } from "./dicom/pacs.ts";
import { createPseudonyms } from "./dicom/pseudonyms.ts";
import type { ExamSource, OnProgress, ReadExams } from "./exam_source.ts";

export interface DicomSourceDependencies {
  readonly sealedStore: SealedStore;
  /** May read `source` and write to `target` (absolute folders). The import removes `scratch` at its end. */
  readonly makeConverter: (source: string, target: string, scratch: string) => DicomConverter;
  /**
   * Connects to the DICOMweb service at a base URL.
   * @throws {RangeError} when the service is not allowed
   */
  readonly makePacs: (url: string) => Pacs;
}

/** Reads exams from a folder of DICOM files with a labels CSV, and converts the images. */
export function createDicomExamSource(dependencies: DicomSourceDependencies): ExamSource {
  return {
    async read(dataset, onProgress): Promise<ReadExams> {
      try {
        return await readDicom(dataset, dependencies, onProgress);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

async function readDicom(
  { id, images_folder, origin }: StoredDataset,
  { sealedStore, makeConverter, makePacs }: DicomSourceDependencies,
  onProgress: OnProgress,
): Promise<ReadExams> {
  if (origin.kind !== "dicom") throw new TypeError("The dataset was not made from DICOM");
  onProgress({ stage: "reading", done: 0, total: 0 });
  const request = await sealedStore.request(id);
  const folder = request.folder ?? sealedStore.incoming(id);
  await untilQuiet(folder, 1000 * (request.quietS ?? 0), {
    now: Date.now,
    async pause(ms): Promise<void> {
      onProgress({ stage: "waiting", done: 0, total: 0 });
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
  });
  const labels = readLabels(request.labels, request.keepColumns);
  let fetched: Pick<DataList, "errors" | "warnings"> = { errors: [], warnings: [] };
  if (request.dicomweb !== null) {
    const { url, query } = request.dicomweb;
    const pseudonyms = createPseudonyms(await sealedStore.key());
    fetched = await fetchStudies({
      ...{ pacs: makePacs(url), query, labels, folder, pseudonyms, onProgress },
    });
  }
  const files = request.dicomweb === null
    ? { files: await marksOf(folder, await sealedStore.key(), request.folder === null) }
    : {};
  await using converter = makeConverter(folder, images_folder, sealedStore.scratch(id));
  const list = await convertFolder({
    dataset: id,
    folder,
    imagesFolder: images_folder,
    labels,
    window: origin.window,
    accept: request.accept ?? [],
    converter,
    sealedStore,
    onProgress,
  });
  return {
    ...list,
    ...files,
    errors: [...fetched.errors, ...list.errors],
    warnings: [...fetched.warnings, ...list.warnings],
  };
}

/**
 * System errors contain paths, and paths can identify patients, so only their name is reported. Our own
 * messages contain columns, lines and numbers only.
 */
function refused(error: unknown): DataList {
  const own = error instanceof SyntaxError || error instanceof RangeError;
  const [code, message] = error instanceof PacsFailed
    ? ["pacs_failed", error.message]
    : error instanceof DicomRefused
    ? [error.code, `The DICOM folder ${error.message}`]
    : own
    ? ["labels_unreadable", error.message]
    : ["dicom_import_failed", `The DICOM folder cannot be imported: ${kindOf(error)}`];
  const fault = { exam: null, view: null, image: null, code, message };
  return { exams: [], faultyExams: [], entries: [], errors: [fault], warnings: [] };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return "code" in error ? `${error.name} (${error.code})` : error.name;
}
