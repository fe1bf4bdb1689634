import { JSON_CACHED_BYTES_MAX } from "../limits.ts";
import { parseJson } from "./atomic_file.ts";
import { readPlain } from "./open_plain.ts";

/** A file as it was read. */
interface KeptFile {
  readonly stamp: string;
  readonly bytes: number;
  readonly value: unknown;
}

/**
 * Reads files of JSON, each only once as long as it does not change. The file is the truth: it is looked
 * at every time, and one that was replaced, restored or edited has another inode, time or size. The look is
 * synchronous: a list takes dozens, and handing each to another thread and back costs ten times the look
 * itself, and the request as many turns of a busy loop.
 *
 * @param bytesMax of the files that are kept; those that nobody has read for longest go first
 * @returns reads a file; null where there is none. What it gives is frozen, since others get it too
 */
export function createJsonCache(
  bytesMax = JSON_CACHED_BYTES_MAX,
): (path: string) => Promise<unknown> {
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

  return async (path) => {
    // Looked at before it is read: a change in between makes the stamp stale, never the value.
    const seen = look(path);
    const known = kept.get(path);
    if (seen !== null && known?.stamp === seen.stamp) {
      // The order of a map is that of its insertions: what was read last comes last.
      kept.delete(path);
      kept.set(path, known);
      return known.value;
    }
    forget(path);
    if (seen === null) return null;
    // The folder of a result belongs to the user who asked for it, who may put a link there.
    const bytes = await readPlain(path);
    const value = bytes === null ? null : freeze(parseJson(path, new TextDecoder().decode(bytes)));
    if (value !== null) keep(path, { ...seen, value });
    return value;
  };
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

function freeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
