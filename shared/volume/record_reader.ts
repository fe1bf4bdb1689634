import { JSON_CACHED_BYTES_MAX } from "../limits.ts";
import { type Damage, RESTORE, StoredFileDamaged } from "./damage.ts";
import { readPlain } from "./open_plain.ts";

/** A file as it was read. */
interface KeptFile {
  readonly stamp: string;
  readonly bytes: number;
  /** null for one that is damaged. */
  readonly value: unknown;
}

/**
 * Says what is wrong with a stored value.
 *
 * @returns one clause without its subject, `has no id` say; null when nothing is wrong
 */
export type RecordCheck = (value: unknown) => string | null;

/**
 * Reads a stored record. What it gives is frozen, since others get it too.
 *
 * @param path of a file of JSON
 * @returns the record; null where there is none, or none that can be used, which is then noted
 */
export type ReadRecord = <T>(path: string, check: RecordCheck) => Promise<T | null>;

/**
 * The one way in which stored records are read: a record that is cut, empty, of another kind or not to be
 * read is left out and noted, whoever asks for it, and stops nothing. Each file is read only once as long as
 * it does not change. The file is the truth: it is looked at every time, and one that was replaced, restored
 * or edited has another inode, time or size. The look is synchronous: a list takes dozens, and handing each
 * to another thread and back costs ten times the look itself, and the request as many turns of a busy loop.
 *
 * @param bytesMax of the files that are kept; those that nobody has read for longest go first
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
        // The order of a map is that of its insertions: what was read last comes last.
        kept.delete(path);
        kept.set(path, known);
        return known.value as T | null;
      }
      forget(path);
      // Looked at before it is read: a change in between makes the stamp stale, never the value.
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
 * Reads a stored record without which nothing can go on.
 *
 * @param path of a file of JSON
 * @returns the record; null where there is none
 * @throws {StoredFileDamaged} when it cannot be used
 */
export async function readRecord(path: string, check: RecordCheck): Promise<unknown> {
  try {
    // The folder of a result may belong to the user who asked for it, who may put a link there.
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

/** @returns what tells one version of a file from the next; null where there is none */
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
