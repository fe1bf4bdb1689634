import { joinBytes } from "../../../shared/format/join_bytes.ts";
import {
  DICOM_FILE_BYTES_MAX,
  DICOM_FILE_PATIENCE_S,
  DICOMWEB_JSON_BYTES_MAX,
  DICOMWEB_PAGE_STUDIES,
  DICOMWEB_SERIES_MAX,
  DICOMWEB_STUDIES_MAX,
  DICOMWEB_TRIES,
} from "../../../shared/limits.ts";
import type { StudyKeys } from "./describe_image.ts";
import { PacsFailed } from "./pacs.ts";
import type { FetchPacs, InstanceAddress, Pacs, PacsDoubt, PacsQuery } from "./pacs.ts";

/** Attributes read from an answer in the DICOM JSON model (PS3.18 annex F). */
const STUDY = "0020000D";
const SERIES = "0020000E";
const INSTANCE = "00080018";
const ACCESSION = "00080050";
const PATIENT = "00100020";
const DATE = "00080020";
const MODALITY = "00080060";

/** Modalities of series with mammograms; "" where the PACS does not give it. The files tell the rest. */
const MODALITIES: ReadonlySet<string> = new Set(["MG", "CR", "DX", ""]);
const ANY_DICOM = 'multipart/related; type="application/dicom"';

/** Allowance for the multipart header and trailer around a file. */
const MULTIPART_BYTES = 64 * 1024;

/**
 * Client of a PACS over DICOMweb: QIDO-RS to search, WADO-RS to retrieve (PS3.18 chapter 10).
 * @param base URL of the service, allowed by the operator, without a trailing slash
 * @param fetch must not follow redirects: they could lead anywhere
 */
export function createDicomwebPacs(base: string, fetch: FetchPacs): Pacs {
  async function find(path: string, parameters: PacsQuery, isBelow: boolean): Promise<unknown[]> {
    const bytes = await get(fetch, `${base}/${path}?${new URLSearchParams(parameters)}`, {
      accepts: ["application/dicom+json", "application/json"],
      bytesMax: DICOMWEB_JSON_BYTES_MAX,
      isBelow,
    }, (body) => body);
    return bytes === null ? [] : listOf(bytes);
  }

  return {
    studies: (query, doubt) =>
      studiesOf((limit, offset) =>
        find("studies", {
          ModalitiesInStudy: "MG",
          ...query,
          includefield: "AccessionNumber",
          limit: String(limit),
          offset: String(offset),
        }, false), doubt),
    async mammograms(studyInstanceUid, doubt): Promise<InstanceAddress[]> {
      const study = `studies/${uid(studyInstanceUid)}`;
      const found: InstanceAddress[] = [];
      const listed = (await find(`${study}/series`, {}, true)).filter(maybeMammograms);
      if (listed.length > DICOMWEB_SERIES_MAX) {
        throw new PacsFailed(
          `The PACS lists ${listed.length} series in one study, which is too many for an exam`,
        );
      }
      for (const series of listed) {
        const seriesInstanceUid = valueOf(series, SERIES);
        if (!isUid(seriesInstanceUid)) {
          doubt("pacs_uid_invalid");
          continue;
        }
        const instances = await find(`${study}/series/${seriesInstanceUid}/instances`, {}, true);
        for (const instance of instances) {
          const sopInstanceUid = valueOf(instance, INSTANCE);
          if (!isUid(sopInstanceUid)) doubt("pacs_uid_invalid");
          else found.push({ studyInstanceUid, seriesInstanceUid, sopInstanceUid });
        }
      }
      return found;
    },
    retrieve(address): Promise<Uint8Array | null> {
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = address;
      const path = `studies/${uid(studyInstanceUid)}/series/${uid(seriesInstanceUid)}/instances/${
        uid(sopInstanceUid)
      }`;
      return get(fetch, `${base}/${path}`, {
        accepts: [`${ANY_DICOM}; transfer-syntax=*`, ANY_DICOM],
        bytesMax: DICOM_FILE_BYTES_MAX + MULTIPART_BYTES,
        isBelow: true,
      }, firstPart);
    },
  };
}

/**
 * Pages through the studies until a page is empty, and yields each study once. A PACS may use smaller pages,
 * and some ignore `offset` or `limit`.
 */
async function* studiesOf(
  find: (limit: number, offset: number) => Promise<unknown[]>,
  doubt: (doubt: PacsDoubt) => void,
): AsyncGenerator<StudyKeys> {
  const seen = new Set<string>();
  for (let asked = 0;;) {
    const page = (await find(DICOMWEB_PAGE_STUDIES, asked)).map(keysOf);
    if (page.length === 0) return;
    const before = seen.size;
    for (const study of page) {
      if (!isUid(study.studyInstanceUid)) {
        if (!seen.has(study.studyInstanceUid)) doubt("pacs_uid_invalid");
        seen.add(study.studyInstanceUid);
        continue;
      }
      if (seen.has(study.studyInstanceUid)) continue;
      seen.add(study.studyInstanceUid);
      yield study;
    }
    if (seen.size === before) {
      // A PACS that ignores offset and returns a short page, or ignores limit too, has returned everything.
      if (page.length !== DICOMWEB_PAGE_STUDIES) {
        doubt("pacs_offset_ignored");
        return;
      }
      throw new PacsFailed(
        "The PACS returns the same studies for different offsets: narrow the query until fewer " +
          `than ${DICOMWEB_PAGE_STUDIES} studies match, for example by StudyDate`,
      );
    }
    if (seen.size > DICOMWEB_STUDIES_MAX) {
      throw new PacsFailed(`The PACS lists over ${DICOMWEB_STUDIES_MAX} studies: narrow the query`);
    }
    asked += page.length;
  }
}

const NOT_THERE: readonly number[] = [404, 410];
/** Answers to a media type that the PACS does not offer; the second is of servers that read `*` as an error. */
const NOT_ACCEPTABLE: readonly number[] = [406, 400, 415];
const NOT_LET_IN: readonly number[] = [401, 403, 407];

interface Wanted {
  /** Whether the resource was listed before, so that "not found" does not mean a wrong address. */
  readonly isBelow: boolean;
  readonly accepts: readonly [first: string, second: string];
  readonly bytesMax: number;
}

/** Sends a request with retries; null means "not found". */
async function get(
  fetch: FetchPacs,
  url: string,
  wanted: Wanted,
  read: (body: Uint8Array, contentType: string) => Uint8Array,
): Promise<Uint8Array | null> {
  let failure = new PacsFailed("The PACS was not asked");
  for (let attempt = 1; attempt <= DICOMWEB_TRIES; attempt++) {
    try {
      return await getOnce(fetch, url, wanted, read);
    } catch (error) {
      failure = failureOf(error);
    }
  }
  throw failure;
}

async function getOnce(
  fetch: FetchPacs,
  url: string,
  { accepts, bytesMax, isBelow }: Wanted,
  read: (body: Uint8Array, contentType: string) => Uint8Array,
): Promise<Uint8Array | null> {
  const ask = (accept: string): Promise<Response> =>
    fetch(url, {
      headers: { accept },
      redirect: "manual",
      signal: AbortSignal.timeout(DICOM_FILE_PATIENCE_S * 1000),
    });
  let response = await ask(accepts[0]);
  if (NOT_ACCEPTABLE.includes(response.status)) {
    await response.body?.cancel();
    response = await ask(accepts[1]);
  }
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    if (response.status === 204 || isBelow && NOT_THERE.includes(response.status)) return null;
    if (NOT_LET_IN.includes(response.status)) {
      throw new PacsFailed(
        `The PACS answers ${response.status}: give its login in the file that MAMMOEVAL_DICOMWEB_LOGINS names`,
      );
    }
    throw new PacsFailed(`The PACS answers ${response.status}`);
  }
  const body = await readBody(response, bytesMax);
  if (body.length === 0) return null;
  return read(body, response.headers.get("content-type") ?? "");
}

/** Network errors contain addresses with UIDs, so only the error's name is reported. */
function failureOf(error: unknown): PacsFailed {
  if (error instanceof PacsFailed) return error;
  if (error instanceof SyntaxError) return new PacsFailed(`The PACS: ${error.message}`);
  const kind = error instanceof Error ? error.name : "unknown error";
  return new PacsFailed(
    `The PACS cannot be reached (${kind}): check that it is running and reachable from here`,
  );
}

async function readBody(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) throw new PacsFailed(`The PACS answers with over ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}

function listOf(bytes: Uint8Array): unknown[] {
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(list)) return list;
  } catch {
    // Thrown below.
  }
  throw new PacsFailed("The PACS does not answer with a list in JSON");
}

function keysOf(study: unknown): StudyKeys {
  return {
    studyInstanceUid: valueOf(study, STUDY),
    accessionNumber: valueOf(study, ACCESSION),
    patientId: valueOf(study, PATIENT),
    studyDate: valueOf(study, DATE),
  };
}

/** First value of an attribute, or "". */
function valueOf(object: unknown, tag: string): string {
  const attribute = (object as Record<string, { Value?: unknown[] } | undefined> | null)?.[tag];
  const value = attribute?.Value?.[0];
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function maybeMammograms(series: unknown): boolean {
  return MODALITIES.has(valueOf(series, MODALITY).toUpperCase());
}

/** The text becomes part of a path, so only a UID is accepted. */
function uid(text: string): string {
  if (isUid(text)) return text;
  throw new PacsFailed("The PACS returned an invalid UID");
}

function isUid(text: string): boolean {
  return /^[0-9.]{1,64}$/.test(text);
}

/** Delimiter line, with the padding that RFC 2046 allows behind it, and the headers of a part. */
const PART_HEAD = /^[ \t]*(\r?)\n(?:[^\r\n]+\r?\n)*\r?\n/;
const PART_HEAD_BYTES_MAX = 16 * 1024;

/**
 * Returns the content of the first part of a `multipart/related` body (RFC 2387, RFC 2046 section 5.1), also
 * with bare line feeds; or the whole body if it is a file by itself.
 * @throws {SyntaxError} when there is none
 */
export function firstPart(body: Uint8Array, contentType: string): Uint8Array {
  if (/^application\/dicom *(?:;|$)/i.test(contentType)) return body;
  const quoted = /;\s*boundary="([^"]+)"/i.exec(contentType)?.[1];
  const boundary = quoted ?? /;\s*boundary=([^\s;]+)/i.exec(contentType)?.[1];
  if (!/^multipart\/related/i.test(contentType) || boundary === undefined) {
    throw new SyntaxError("Cannot read the answer: it is not multipart/related");
  }
  const encoder = new TextEncoder();
  const delimiter = encoder.encode(`--${boundary}`);
  const begin = find(body, delimiter, 0) + delimiter.length;
  const start = body.subarray(begin, begin + PART_HEAD_BYTES_MAX);
  const head = PART_HEAD.exec(new TextDecoder("latin1").decode(start));
  const from = begin + (head?.[0].length ?? 0);
  const end = find(body, encoder.encode(`${head?.[1] ?? ""}\n--${boundary}`), from);
  if (begin < delimiter.length || head === null || end < 0) {
    throw new SyntaxError("Cannot read the answer: it is incomplete");
  }
  return body.subarray(from, end);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
