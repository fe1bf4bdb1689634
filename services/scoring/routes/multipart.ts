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
import type { SentFile } from "../store/sent_file.ts";

/** An uploaded file, on the volume. */
export interface FilePart extends SentFile {
  /** The caller's file name. */
  readonly name: string;
}

/** A form whose files stay on the volume until it is disposed. */
export interface SentForm extends AsyncDisposable {
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FilePart>;
}

/** The allowed parts of a form. */
export interface FormShape {
  /** Names of the expected parts, for errors. */
  readonly wanted: string;
  /** Every part by name. */
  readonly schema: z.ZodObject;
  /** Maximum size of each file, in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Receives a multipart body. Files are streamed to disk and rejected at the first excess byte.
 * @param uploads parent of the form's own folder
 * @throws {Problem} if the body cannot be read or has a part that is not allowed; nothing of it is kept
 */
export async function receiveForm(
  request: Request,
  uploads: string,
  { wanted, schema, files: limits }: FormShape,
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
    // Recorded before the file has arrived, because the next part may have the same name.
    files.set(part, { name, path: join(folder, part), bytes: 0, sha256: "" });
    const kept = await keepFile(stream, part, join(folder, part), limits[part]!);
    // Browsers send every field of a form: an unnamed empty file means that none was chosen.
    if (name === "" && kept.bytes === 0) files.delete(part);
    else files.set(part, { name, ...kept });
  }

  try {
    await readMultipart(request, {
      bytesMax: bytesMaxOf(limits),
      textBytesMax: FORM_TEXT_BYTES_MAX,
      textsMax: FORM_TEXTS_MAX,
      onText: (part, text) => {
        if (!Object.hasOwn(schema.shape, part)) {
          const known = Object.keys(schema.shape).join(", ");
          throw new Problem(
            "invalid_request",
            `${JSON.stringify(part)}: no such part: send ${known}`,
          );
        }
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

/** Allowance for texts and boundaries between parts. */
const FORM_SPARE_BYTES = 2 * FORM_TEXT_BYTES_MAX;

function bytesMaxOf(limits: FormShape["files"]): number {
  return Object.values(limits).reduce((sum, bytes) => sum + bytes, FORM_SPARE_BYTES);
}

/** Before the parts arrive it is unknown which is too large, so the error names all limits. */
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

/** Returns a file part, or null. Throws a Problem if it was sent as text. */
export function optionalFilePart({ texts, files }: SentForm, part: string): FilePart | null {
  const file = files.get(part);
  if (file === undefined && (texts.get(part) ?? "") !== "") throw noFile(part);
  return file ?? null;
}

/** Returns a required file part. Throws a Problem if it is missing. */
export function filePart(form: SentForm, part: string): FilePart {
  const file = optionalFilePart(form, part);
  if (file === null) throw noFile(part);
  return file;
}

function noFile(part: string): Problem {
  return new Problem("invalid_request", `${part}: send it as a file part, with curl -F ${part}=@…`);
}

/** Returns a text part; null if missing or empty. Throws a Problem if it is invalid. */
export function textPart<Text extends string>(
  { texts }: SentForm,
  part: string,
  schema: z.ZodType<Text>,
): Text | null {
  const text = texts.get(part) ?? "";
  return text === "" ? null : checked(part, text, schema);
}

/**
 * Returns a JSON part.
 * @param fallback value of a missing or empty part
 * @param read reads other texts than JSON too
 * @throws {Problem} if it cannot be read or is invalid
 */
export function jsonPart<T>(
  { texts }: SentForm,
  part: string,
  schema: z.ZodType<T>,
  fallback: unknown,
  read: (text: string) => unknown = (text) => parseJson(text, `${part}:`),
): T {
  const text = (texts.get(part) ?? "").trim();
  return checked(part, text === "" ? fallback : read(text), schema);
}

function checked<T>(name: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  throw invalidRequest({ issues }, name);
}
