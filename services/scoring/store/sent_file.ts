import { createHash } from "node:crypto";
import { openPlain, PathNotAllowed, readPlain } from "../../../shared/volume/mod.ts";
import { sha256 } from "./content.ts";

/** A file on the volume for a job, with its digest at the time of the request. */
export interface SentFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Digests a file as a stream.
 * @throws {PathNotAllowed} if it is missing or not a regular file
 */
export async function digestFile(path: string): Promise<SentFile> {
  using file = await openPlain(path);
  if (file === null) throw new PathNotAllowed(path, `${path} is no file`);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

/** Reads a sent file. Throws if it has changed: its folder may belong to another user. */
export async function readSent({ path, sha256: expected }: SentFile): Promise<Uint8Array> {
  const bytes = await readPlain(path);
  if (bytes === null || sha256(bytes) !== expected) {
    throw new Error(`Cannot read ${path}: it was changed or removed after it was sent`);
  }
  return bytes;
}

/** Drops the caller's file name, because results depend only on the content. */
export function sentFile({ path, bytes, sha256 }: SentFile): SentFile {
  return { path, bytes, sha256 };
}
