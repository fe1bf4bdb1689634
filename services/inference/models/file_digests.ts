import { createHash } from "node:crypto";
import { MODEL_DIGESTS_KEPT_MAX } from "../../../shared/limits.ts";

/** A file that was changed so short a time before it was read may change again under the same times. */
const SETTLED_MS = 2000;

/**
 * @returns whether its owner may run it: all that counts of its mode, since the rest follows from a umask
 */
export function isProgram({ mode }: Pick<Deno.FileInfo, "mode">): boolean {
  return ((mode ?? 0) & 0o100) !== 0;
}

/**
 * Computes SHA-256 of files, of each only once as long as it does not change: what changes a file, changes
 * its inode, its size or one of its times, and nobody can set back the time of the last change of state.
 *
 * @param now milliseconds since 1970
 * @returns the digest of a file, hexadecimal
 */
export function createFileDigests(now: () => number = Date.now): (path: string) => Promise<string> {
  const kept = new Map<string, { readonly stamp: string; readonly digest: string }>();
  return async (path) => {
    const { ino, size, mtime, ctime } = Deno.statSync(path);
    const stamp = [ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
    const known = kept.get(path);
    if (known?.stamp === stamp) return known.digest;
    const hash = createHash("sha256");
    for await (const part of (await Deno.open(path)).readable) hash.update(part);
    const digest = hash.digest("hex");
    const settled = ctime !== null && now() - ctime.getTime() > SETTLED_MS;
    if (!settled) return digest;
    if (kept.size >= MODEL_DIGESTS_KEPT_MAX) kept.clear();
    kept.set(path, { stamp, digest });
    return digest;
  };
}
