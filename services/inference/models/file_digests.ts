import { createHash } from "node:crypto";
import { MODEL_DIGESTS_KEPT_MAX } from "../../../shared/limits.ts";

/** A file that changed less than this before it was read may change again with the same timestamps. */
const SETTLED_MS = 2000;

/** Whether the owner may execute the file; the other mode bits depend on the umask. */
export function isProgram({ mode }: Pick<Deno.FileInfo, "mode">): boolean {
  return ((mode ?? 0) & 0o100) !== 0;
}

/** Hex SHA-256 of files, cached by inode, size and timestamps: ctime cannot be set back. */
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
