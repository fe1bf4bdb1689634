import { parseJson, readPlain } from "../../shared/volume/mod.ts";

/** Files kept in memory: a report has some 20 kB, so that all of them stay below 100 MB. */
const FILES_MAX = 4000;

/**
 * Reads files of JSON, each only once as long as it does not change. The file is the truth: it is looked
 * at every time, and one that was replaced, restored or edited has another inode, time or size.
 *
 * @returns reads a file; null where there is none. What it gives is frozen, since others get it too
 */
export function createJsonCache(): (path: string) => Promise<unknown> {
  const kept = new Map<string, { stamp: string; value: unknown }>();
  return async (path) => {
    // Looked at before it is read: a change in between makes the stamp stale, never the value.
    const info = await Deno.stat(path).catch((error) =>
      error instanceof Deno.errors.NotFound ? undefined : null
    );
    if (info === undefined) {
      kept.delete(path);
      return null;
    }
    const stamp = `${info?.ino} ${info?.mtime?.getTime()} ${info?.size}`;
    const known = kept.get(path);
    if (info !== null && known?.stamp === stamp) return known.value;
    kept.delete(path);
    // The folder of a result belongs to the user who asked for it, who may put a link there.
    const bytes = await readPlain(path);
    const value = bytes === null ? null : freeze(parseJson(path, new TextDecoder().decode(bytes)));
    if (info === null || value === null) return value;
    const oldest = kept.size < FILES_MAX ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(path, { stamp, value });
    return value;
  };
}

function freeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
