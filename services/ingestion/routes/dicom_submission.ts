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

/** Part of the dependencies that these submissions need. */
type Needs = Pick<IngestionDependencies, "dataRoots" | "vault" | "dicomweb">;

/** Tells whether a body asks for an import of DICOM. */
export function isDicomRequest(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("dicom" in body || "dicomweb" in body);
}

/**
 * Reads a request for the import of a DICOM folder on the server, or from a PACS.
 *
 * @param body JSON that {@linkcode isDicomRequest} has told
 * @param needs allowed folders, vault
 * @returns the submission
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
  // The whole address must be known: a service that asks whatever it is told would be a way in.
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

/**
 * @param name the data owner's name for it
 * @param window which of several windows
 * @param needs vault
 * @param request goes to the vault: nothing of it is written in plain text
 */
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
 * Reads a labels CSV, within its bound.
 *
 * @param path absolute path
 * @throws {Problem} when it is none
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
