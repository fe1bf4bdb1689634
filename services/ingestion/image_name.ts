import { posix } from "node:path";

/**
 * Says what is wrong with a file name that an upload or an archive carries.
 *
 * @param name as it stands in the upload, with `/` between folders
 * @returns the reason to refuse it, or null when it may become a file below the images folder
 */
export function refusalOf(name: string): string | null {
  if (name === "" || name.length > 512) return "its name is empty or too long";
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  if (/[\x00-\x1f\x7f\\]/.test(name)) return "its name has a control character or a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "its path is absolute";
  if (name.split("/").includes("..")) return "its path leads out of the archive (..)";
  return null;
}

/** Tells whether a file is one that systems add by themselves and nobody means to send. */
export function isClutter(name: string): boolean {
  return name.split("/").some((part) =>
    part === "__MACOSX" || part === ".DS_Store" || part === "Thumbs.db"
  ) ||
    posix.basename(name).startsWith("._");
}
