import { JSON_CACHED_BYTES_MAX } from "../limits.ts";
import { type Damage, RESTORE, StoredFileDamaged } from "./damage.ts";
import { readPlain } from "./open_plain.ts";

/** A cached file. */
interface KeptFile {
  readonly stamp: string;
  readonly bytes: number;
  /** null if the file is damaged. */
  readonly value: unknown;
}

/** Checks a stored value. Returns what is wrong as a predicate without its subject, such as `has no id`, or null. */
export type RecordCheck = (value: unknown) => string | null;

/** A stored JSON record, frozen; null if missing or unusable, which is recorded as damage. */
export type ReadRecord = <T>(path: string, check: RecordCheck) => Promise<T | null>;

/**
 * Reads stored records, and caches up to `bytesMax` of files until inode, mtime or size change. The check is
 * synchronous: a list needs dozens, and handing each to another thread costs ten times as much.
 */
export function createRecordReader(
  damage: Pick<Damage, "note" | "clear">,
  bytesMax = JSON_CACHED_BYTES_MAX,
): ReadRecord {
  const kept = new Map<string, KeptFile>();
  let held = 0;

  function forget(path: string): void {
    held -= kept.get(path)?.bytes ?? 0;
    kept.delete(path);
  }

  function keep(path: string, file: KeptFile): void {
    forget(path);
    kept.set(path, file);
    held += file.bytes;
    for (const oldest of kept.keys()) {
      if (held <= bytesMax) return;
      forget(oldest);
    }
  }

  return async <T>(path: string, check: RecordCheck): Promise<T | null> => {
    try {
      const seen = look(path);
      const known = kept.get(path);
      if (seen !== null && known?.stamp === seen.stamp) {
        // A Map iterates in insertion order, so the most recently used entry comes last.
        kept.delete(path);
        kept.set(path, known);
        return known.value as T | null;
      }
      forget(path);
      // Stat before reading: a change in between makes the stamp stale, never the value.
      const value = seen === null ? null : freeze(await readRecord(path, check));
      damage.clear(path);
      if (seen !== null) keep(path, { ...seen, value });
      return value as T | null;
    } catch (error) {
      const reason = error instanceof StoredFileDamaged ? error.reason : `cannot read it: ${error}`;
      damage.note(path, `${reason}: ${RESTORE}`);
      const seen = lookSafely(path);
      if (seen !== null) keep(path, { ...seen, bytes: 0, value: null });
      return null;
    }
  };
}

/**
 * null if it does not exist.
 * @throws {StoredFileDamaged} if it is unusable
 */
export async function readRecord(path: string, check: RecordCheck): Promise<unknown> {
  try {
    // The result's folder may belong to a user, who could place a link there.
    const bytes = await readPlain(path);
    if (bytes === null) {
      if (look(path) === null) return null;
      throw new StoredFileDamaged(path, "it is not a regular file");
    }
    const value = parse(bytes);
    const fault = check(value);
    if (fault !== null) throw new StoredFileDamaged(path, `it ${fault}`);
    return value;
  } catch (error) {
    if (error instanceof StoredFileDamaged) throw error;
    const reason = error instanceof SyntaxError ? error.message : `it cannot be read (${error})`;
    throw new StoredFileDamaged(path, reason, RESTORE, error);
  }
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new SyntaxError("it is empty");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new SyntaxError("it is not JSON, or is incomplete");
  }
}

/** Returns what identifies the current version of a file; null if it does not exist. */
function look(path: string): { stamp: string; bytes: number } | null {
  try {
    const { ino, mtime, size } = Deno.statSync(path);
    return { stamp: `${ino} ${mtime?.getTime()} ${size}`, bytes: size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

function lookSafely(path: string): ReturnType<typeof look> {
  try {
    return look(path);
  } catch {
    return null;
  }
}

function freeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
