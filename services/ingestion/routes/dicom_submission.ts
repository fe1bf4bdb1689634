import {
  registerDicomRequest,
  registerDicomwebRequest,
} from "../../../shared/contracts/datasets.ts";
import { tableText } from "../../../shared/format/mod.ts";
import { invalidRequest, Problem, readEvery } from "../../../shared/http/mod.ts";
import { LABELS_BYTES_MAX } from "../../../shared/limits.ts";
import { trimEndOf } from "../../../shared/trim_end_of.ts";
import { resolveWithin } from "../../../shared/volume/mod.ts";
import type { IngestionDependencies } from "../dependencies.ts";
import type { DicomOrigin } from "../dataset_store.ts";
import type { DicomRequest } from "../dicom/sealed_store.ts";
import type { DatasetSubmission } from "../register_dataset.ts";

type Needs = Pick<IngestionDependencies, "dataRoots" | "sealedStore" | "dicomweb">;

/** Whether a request body asks for a DICOM import. */
export function isDicomRequest(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("dicom" in body || "dicomweb" in body);
}

/**
 * Parses a request to import a folder or from a PACS.
 * @throws {Problem} naming the field
 */
export async function dicomSubmission(body: unknown, needs: Needs): Promise<DatasetSubmission> {
  const schema = "dicomweb" in (body as object) ? registerDicomwebRequest : registerDicomRequest;
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  const { name, labels, window = null, keep_columns: keepColumns = [], accept = [], release } =
    parsed.data;
  const read = await readEvery({
    dicom: async () =>
      "dicomweb" in parsed.data
        ? { folder: null, dicomweb: allowedPacs(parsed.data.dicomweb, needs) }
        : {
          folder: await allowedFolder(parsed.data.dicom, needs),
          dicomweb: null,
          quietS: parsed.data.quiet_s,
        },
    labels: async () => await readLabelsFile(await resolveWithin(labels, needs.dataRoots)),
  });
  const request = { ...read.dicom, labels: read.labels, keepColumns, accept };
  return { ...makeSubmission(name, window, needs, request), release };
}

async function allowedFolder(path: string, { dataRoots }: Needs): Promise<string> {
  const folder = await resolveWithin(path, dataRoots);
  if ((await Deno.stat(folder)).isDirectory) return folder;
  throw new Problem("invalid_request", "dicom: it is not a folder");
}

/** Only listed URLs are allowed: otherwise the service could be made to query any address (SSRF). */
function allowedPacs<T extends { readonly url: string }>(pacs: T, { dicomweb }: Needs): T {
  const url = trimEndOf(pacs.url, "/");
  if (dicomweb.includes(url)) return { ...pacs, url };
  throw new Problem(
    "path_not_allowed",
    "dicomweb.url is not an allowed service: add it to MAMMOEVAL_DICOMWEB and restart",
  );
}

/** Creates a DICOM submission. The request is stored in the sealed store only, never in plain text. */
export function makeSubmission(
  name: string,
  window: DicomOrigin["window"],
  { sealedStore }: Pick<Needs, "sealedStore">,
  request: DicomRequest,
): DatasetSubmission {
  const { folder, dicomweb, labels, keepColumns, accept } = request;
  return {
    name,
    origin: { kind: "dicom", window, isFromPacs: dicomweb !== null },
    source: null,
    imagesFolder: null,
    content: JSON.stringify([labels, keepColumns, accept, window]),
    place: folder ?? (dicomweb === null ? null : JSON.stringify(dicomweb)),
    filesFolder: folder,
    check: "header", // the conversion has just written them
    keep: (id) => sealedStore.putRequest(id, request),
  };
}

/** @throws {Problem} when it is not a readable labels file */
export async function readLabelsFile(path: string): Promise<string> {
  const { size, isFile } = await Deno.stat(path);
  if (!isFile) throw new Problem("invalid_request", "labels: it is not a file");
  if (size > LABELS_BYTES_MAX) {
    throw new Problem("too_large", `labels: over ${LABELS_BYTES_MAX} bytes`);
  }
  try {
    return tableText(await Deno.readFile(path), "the labels");
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Problem("invalid_request", `labels: ${cause.message}`, { cause });
  }
}
