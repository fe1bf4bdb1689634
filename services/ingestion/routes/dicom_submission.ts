import {
  registerDicomRequest,
  registerDicomwebRequest,
} from "../../../shared/contracts/datasets.ts";
import { tableText } from "../../../shared/format/mod.ts";
import { invalidRequest, Problem } from "../../../shared/http/mod.ts";
import { LABELS_BYTES_MAX } from "../../../shared/limits.ts";
import { resolveWithin } from "../../../shared/volume/mod.ts";
import type { IngestionDependencies } from "../dependencies.ts";
import type { DicomOrigin } from "../dataset_store.ts";
import type { DicomRequest } from "../dicom/dicom_vault.ts";
import type { DatasetSubmission } from "../register_dataset.ts";

/** Dependencies of DICOM submissions. */
type Needs = Pick<IngestionDependencies, "dataRoots" | "vault" | "dicomweb">;

/** Whether a request body asks for a DICOM import. */
export function isDicomRequest(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("dicom" in body || "dicomweb" in body);
}

/**
 * Parses a request to import a DICOM folder on the server, or from a PACS.
 *
 * @throws {Problem} naming the field
 */
export async function dicomSubmission(body: unknown, needs: Needs): Promise<DatasetSubmission> {
  if ("dicomweb" in (body as object)) return await dicomwebSubmission(body, needs);
  const parsed = registerDicomRequest.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  const {
    name,
    dicom,
    labels,
    window,
    keep_columns: keepColumns,
    accept,
    release,
    quiet_s: quietS,
  } = parsed.data;
  const folder = await resolveWithin(dicom, needs.dataRoots);
  if (!(await Deno.stat(folder)).isDirectory) {
    throw new Problem("invalid_request", "dicom: it is not a folder");
  }
  const labelsPath = await resolveWithin(labels, needs.dataRoots);
  const request = {
    folder,
    dicomweb: null,
    labels: await readLabelsFile(labelsPath),
    keepColumns: keepColumns ?? [],
    accept: accept ?? [],
    quietS,
  };
  return { ...makeSubmission(name, window ?? null, needs, request), release };
}

async function dicomwebSubmission(body: unknown, needs: Needs): Promise<DatasetSubmission> {
  const parsed = registerDicomwebRequest.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, "body");
  const { name, dicomweb, labels, window, keep_columns: keepColumns, accept, release } =
    parsed.data;
  let url = dicomweb.url;
  while (url.endsWith("/")) url = url.slice(0, -1);
  // Only listed URLs are allowed: otherwise the service could be made to query any address (SSRF).
  if (!needs.dicomweb.includes(url)) {
    throw new Problem(
      "path_not_allowed",
      "dicomweb.url is not an allowed service: add it to MAMMOEVAL_DICOMWEB and restart",
    );
  }
  const labelsPath = await resolveWithin(labels, needs.dataRoots);
  const request = {
    folder: null,
    dicomweb: { url, query: dicomweb.query },
    labels: await readLabelsFile(labelsPath),
    keepColumns: keepColumns ?? [],
    accept: accept ?? [],
  };
  return { ...makeSubmission(name, window ?? null, needs, request), release };
}

/** Creates a DICOM submission. The request is stored in the vault only, never in plain text. */
export function makeSubmission(
  name: string,
  window: DicomOrigin["window"],
  { vault }: Pick<Needs, "vault">,
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
    keep: (id) => vault.putRequest(id, request),
  };
}

/**
 * Reads a labels CSV up to its size limit.
 *
 * @throws {Problem} when it is not a readable labels file
 */
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
