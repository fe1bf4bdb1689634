import { type Damage, RESTORE, StoredFileDamaged } from "./damage.ts";
import { openPlain, readAt, readPlain } from "./open_plain.ts";

/** Last byte of a pickle (its STOP opcode) and of a file of lines. */
export const LAST_BYTES = { pickle: ".", lines: "\n" } as const;

/**
 * `last` is its expected last byte.
 * @throws {StoredFileDamaged} if it is missing, truncated or unreadable
 */
export async function readStored(path: string, last: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await asDamage(path, () => readPlain(path));
  if (bytes === null) throw new StoredFileDamaged(path, "it is missing, or not a regular file");
  requireEnd(path, bytes.subarray(-1), last);
  return bytes;
}

/**
 * Checks only the end, and returns the size.
 * @throws {StoredFileDamaged} as {@linkcode readStored}
 */
export async function lookAtStored(
  path: string,
  last: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  using file = await openStored(path);
  return { path, bytes: await requireEndOf(file, path, last) };
}

/** Records damage unless a stored file ends with `last` and has so many lines. */
export async function noteCutOff(
  path: string,
  last: string,
  damage: Pick<Damage, "note" | "clear">,
  lines?: number,
): Promise<void> {
  await noting(damage, async () => {
    using file = await openStored(path);
    await requireEndOf(file, path, last);
    const found = lines === undefined ? undefined : await countLines(file);
    if (found !== lines) {
      throw new StoredFileDamaged(path, `it has ${found} lines, not ${lines}`);
    }
    damage.clear(path);
  }).catch(() => {});
}

/** Runs `work` and records a {@linkcode StoredFileDamaged} that it throws; rethrows every error. */
export async function noting<T>(damage: Pick<Damage, "note">, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoredFileDamaged) {
      damage.note(error.path, `${error.reason}: ${error.advice}`);
    }
    throw error;
  }
}

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

async function countLines(file: Deno.FsFile): Promise<number> {
  let lines = 0;
  for (let at = 0;; at += CHUNK_BYTES) {
    const chunk = await readAt(file, at, CHUNK_BYTES);
    for (let next = 0; (next = chunk.indexOf(NEWLINE, next) + 1) > 0;) lines += 1;
    if (chunk.length < CHUNK_BYTES) return lines;
  }
}

async function openStored(path: string): Promise<Deno.FsFile> {
  const file = await asDamage(path, () => openPlain(path));
  if (file === null) throw new StoredFileDamaged(path, "it is missing, or not a regular file");
  return file;
}

/** Checks the last byte and returns the size in bytes. */
async function requireEndOf(file: Deno.FsFile, path: string, last: string): Promise<number> {
  const { size } = await file.stat();
  requireEnd(path, size === 0 ? new Uint8Array() : await readAt(file, size - 1, 1), last);
  return size;
}

async function asDamage<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new StoredFileDamaged(path, `it cannot be read (${error})`, RESTORE, error);
  }
}

function requireEnd(path: string, end: Uint8Array, last: string): void {
  if (new TextDecoder("latin1").decode(end) === last) return;
  const reason = end.length === 0
    ? "it is empty"
    : "it is incomplete, or differs from what was stored";
  throw new StoredFileDamaged(path, reason);
}
