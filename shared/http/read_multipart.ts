import busboy from "busboy";
import type { Buffer } from "node:buffer";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDiskFull } from "../volume/disk_full.ts";
import { Problem } from "./problem.ts";

export interface PartHandlers {
  readonly bytesMax: number;
  readonly textBytesMax: number;
  /** Most text fields; further ones are ignored. */
  readonly textsMax: number;
  /** Handles a text field. An exception rejects the body. */
  onText(name: string, text: string): void;
  /** Reads a file to its end. An exception rejects the body and stops reading. */
  onFile(name: string, fileName: string, stream: Readable): Promise<void>;
}

/**
 * Streams a `multipart/form-data` body part by part without buffering it.
 * @throws {Problem} `invalid_request` if the body is malformed, `too_large` if it or a text field is too large
 */
export async function readMultipart(request: Request, handlers: PartHandlers): Promise<void> {
  if (request.body === null) throw new Problem("invalid_request", "The request has no body");
  const parser = createParser(request, handlers);
  const parts: Promise<void>[] = [];
  parser.on("field", (name, text, { nameTruncated, valueTruncated }) => {
    try {
      if (nameTruncated || valueTruncated) throw tooLarge(name, handlers.textBytesMax);
      handlers.onText(name, text);
    } catch (error) {
      parser.destroy(error as Error);
    }
  });
  parser.on("file", (name, stream, { filename }) => {
    stream.on("error", () => {}); // heard by its reader, but perhaps not yet
    parts.push(
      handlers.onFile(name, filename ?? "", stream).catch((error) => {
        parser.destroy(error);
        throw error;
      }),
    );
  });
  const source = Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]);
  const bound = atMost(handlers.bytesMax, "the upload");
  const [reading] = await Promise.allSettled([pipeline(source, bound, parser)]);
  const taken = await Promise.allSettled(parts);
  const failure = taken.find((part) => part.status === "rejected") ?? reading;
  if (failure?.status === "rejected") throw refusalOf(failure.reason);
}

export function atMost(
  bytesMax: number,
  what: string,
  seen: (chunk: Buffer) => void = () => {},
): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      bytes += chunk.length;
      if (bytes > bytesMax) return done(tooLarge(what, bytesMax));
      seen(chunk);
      done(null, chunk);
    },
  });
}

function tooLarge(what: string, bytesMax: number): Problem {
  return new Problem("too_large", `${what} has over ${bytesMax} bytes`);
}

function createParser(request: Request, { textBytesMax, textsMax }: PartHandlers): busboy.Busboy {
  try {
    return busboy({
      headers: { "content-type": request.headers.get("content-type") ?? "" },
      preservePath: true,
      defParamCharset: "utf8",
      limits: { fieldSize: textBytesMax, fields: textsMax },
    });
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Errors of the parser and connection become `invalid_request`; a full disk stays as it is. */
function refusalOf(error: unknown): Error {
  if (error instanceof Problem) return error;
  if (error instanceof Error && isDiskFull(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem("invalid_request", `The upload could not be read: ${reason}`, {
    cause: error,
  });
}
