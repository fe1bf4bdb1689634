import type { z } from "@hono/zod-openapi";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { diskFull, invalidRequest, parseJson, Problem } from "../../../shared/http/mod.ts";
import { atMost, readMultipart } from "../../../shared/http/read_multipart.ts";
import { FORM_TEXT_BYTES_MAX, FORM_TEXTS_MAX } from "../../../shared/limits.ts";
import { isDiskFull } from "../../../shared/volume/mod.ts";
import type { SentFile } from "../sent_file.ts";

/** A file of a form, on the volume. */
export interface FilePart extends SentFile {
  /** As the caller calls it. */
  readonly name: string;
}

/** A form whose files lie on the volume until it is disposed of. */
export interface SentForm extends AsyncDisposable {
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FilePart>;
}

/** What a form may have. */
export interface FormShape {
  /** The parts that it should have, for the error. */
  readonly wanted: string;
  /** Largest size of each file, in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Takes in a multipart body: files go to disk as they come, and are refused at the first byte too many.
 *
 * @param uploads folder below which this form gets one of its own
 * @param shape what it may have
 * @throws {Problem} where it cannot be read, or has a part that it may not have; nothing of it stays then
 */
export async function receiveForm(
  request: Request,
  uploads: string,
  { wanted, files: limits }: FormShape,
): Promise<SentForm> {
  refuseLarge(request, limits);
  const folder = join(uploads, crypto.randomUUID());
  const texts = new Map<string, string>();
  const files = new Map<string, FilePart>();
  const remove = (): Promise<void> => Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });

  async function takeFile(part: string, name: string, stream: Readable): Promise<void> {
    if (!Object.hasOwn(limits, part)) {
      throw new Problem("invalid_request", `Part ${part} may not be a file: send ${wanted}`);
    }
    refuseSecond(part, files);
    // Noted before it has arrived: the next part may come to its name meanwhile.
    files.set(part, { name, path: join(folder, part), bytes: 0, sha256: "" });
    const kept = await keepFile(stream, part, join(folder, part), limits[part]!);
    // A browser sends every field of a form: a file that was not chosen is as good as not sent.
    if (name === "" && kept.bytes === 0) files.delete(part);
    else files.set(part, { name, ...kept });
  }

  try {
    await readMultipart(request, {
      bytesMax: bytesMaxOf(limits),
      textBytesMax: FORM_TEXT_BYTES_MAX,
      textsMax: FORM_TEXTS_MAX,
      onText: (part, text) => {
        refuseSecond(part, texts);
        texts.set(part, text);
      },
      onFile: takeFile,
    });
  } catch (error) {
    await remove();
    if (isDiskFull(error)) throw diskFull(error);
    throw error instanceof Problem && error.message.startsWith("The upload could not be read")
      ? new Problem("invalid_request", `${error.message}: send ${wanted}`, { cause: error })
      : error;
  }
  return { texts, files, [Symbol.asyncDispose]: remove };
}

/** Texts and the lines between parts. */
const FORM_SPARE_BYTES = 2 * FORM_TEXT_BYTES_MAX;

function bytesMaxOf(limits: FormShape["files"]): number {
  return Object.values(limits).reduce((sum, bytes) => sum + bytes, FORM_SPARE_BYTES);
}

/** Which part is too large is known once it arrives: before, all limits are named. */
function refuseLarge({ headers }: Request, limits: FormShape["files"]): void {
  const bytesMax = bytesMaxOf(limits);
  if (Number(headers.get("content-length") ?? 0) <= bytesMax) return;
  const each = Object.entries(limits).map(([part, bytes]) => `${part} may have ${bytes}`);
  throw new Problem("too_large", `The upload has over ${bytesMax} bytes: ${each.join(", ")}`);
}

function refuseSecond(part: string, sent: ReadonlyMap<string, unknown>): void {
  if (sent.has(part)) throw new Problem("invalid_request", `${part}: it was sent twice`);
}

async function keepFile(
  stream: Readable,
  part: string,
  path: string,
  bytesMax: number,
): Promise<SentFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const bound = atMost(bytesMax, part, (chunk) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  await pipeline(stream, bound, createWriteStream(path, { flags: "wx" }));
  return { path, bytes, sha256: hash.digest("hex") };
}

/**
 * @returns the file; null where there is none
 * @throws {Problem} where it was sent as a text
 */
export function optionalFilePart({ texts, files }: SentForm, part: string): FilePart | null {
  const file = files.get(part);
  if (file === undefined && (texts.get(part) ?? "") !== "") throw noFile(part);
  return file ?? null;
}

/**
 * @returns the file
 * @throws {Problem} where there is none
 */
export function filePart(form: SentForm, part: string): FilePart {
  const file = optionalFilePart(form, part);
  if (file === null) throw noFile(part);
  return file;
}

function noFile(part: string): Problem {
  return new Problem("invalid_request", `${part}: send it as a file part, with curl -F ${part}=@…`);
}

/**
 * @param schema what it must be
 * @returns the text; null where there is no such part, or a browser sent it empty
 * @throws {Problem} where it does not fit
 */
export function textPart<Text extends string>(
  { texts }: SentForm,
  part: string,
  schema: z.ZodType<Text>,
): Text | null {
  const text = texts.get(part) ?? "";
  return text === "" ? null : checked(part, text, schema);
}

/**
 * @param part name of a text that is JSON
 * @param schema what it must be
 * @param fallback stands for a part that is not there, or empty
 * @throws {Problem} where it is no JSON or does not fit
 */
export function jsonPart<T>(
  { texts }: SentForm,
  part: string,
  schema: z.ZodType<T>,
  fallback: unknown,
): T {
  const text = texts.get(part) ?? "";
  return checked(part, text === "" ? fallback : parseJson(text, `${part}:`), schema);
}

function checked<T>(name: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  throw invalidRequest({ issues }, name);
}
