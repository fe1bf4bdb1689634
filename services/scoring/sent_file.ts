import { createHash } from "node:crypto";
import { openPlain, PathNotAllowed, readPlain } from "../../shared/volume/mod.ts";
import { sha256 } from "./content.ts";

/** A file on the volume that a job reads, and what was in it when it was asked for. */
export interface SentFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Looks through a file without keeping it in memory.
 *
 * @param path absolute
 * @throws {PathNotAllowed} where there is none, or something else of that name
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

/**
 * Reads a file that was sent.
 *
 * @throws {Error} where it is not what it was: its folder may be somebody else's
 */
export async function readSent({ path, sha256: expected }: SentFile): Promise<Uint8Array> {
  const bytes = await readPlain(path);
  if (bytes === null || sha256(bytes) !== expected) {
    throw new Error(`Cannot read ${path}: it was changed or removed after it was sent`);
  }
  return bytes;
}

/** Leaves out what a caller calls a file: what follows from it follows from its content. */
export function sentFile({ path, bytes, sha256 }: SentFile): SentFile {
  return { path, bytes, sha256 };
}
