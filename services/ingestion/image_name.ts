import { posix } from "node:path";

/** Longest name in an upload: what a file path can be, with room for the volume's own. */
const NAME_LENGTH_MAX = 512;

/**
 * Says what is wrong with a file name that an upload or an archive carries.
 *
 * @param name as it stands in the upload, with `/` between folders, without `./` in front
 * @returns the reason to refuse it, or null when it may become a file below the images folder
 */
export function refusalOf(name: string): string | null {
  if (name === "" || name.length > NAME_LENGTH_MAX) return "its name is empty or too long";
  if (!name.isWellFormed() || name.includes("\ufffd")) return "its name is not Unicode";
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  if (/[\x00-\x1f\x7f\\]/.test(name)) return "its name has a control character or a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "its path is absolute";
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return "its path leads out of the archive (..)";
  return parts.includes("") || parts.includes(".") ? "its path has an empty part" : null;
}

/**
 * Tells whether a file is one that systems add by themselves and nobody means to send.
 *
 * @param name as for {@linkcode refusalOf}
 */
export function isClutter(name: string): boolean {
  return name.split("/").some((part) =>
    part === "__MACOSX" || part === ".DS_Store" || part === "Thumbs.db"
  ) ||
    posix.basename(name).startsWith("._");
}

/**
 * Tells whether a file is an archive or compressed, by its name.
 *
 * @param name as for {@linkcode refusalOf}
 */
export function isPacked(name: string): boolean {
  return /\.(zip|tar|tgz|gz|bz2|tbz2?|xz|txz|7z|rar|zst|lz4|cab|iso)$/i.test(name);
}
