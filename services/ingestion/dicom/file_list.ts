import { createHash, createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { DICOM_FILES_MAX, DICOM_MARKED_BYTES_MAX } from "../../../shared/limits.ts";
import { DicomRefused } from "./dicom_refused.ts";

/**
 * Lists the regular files of a folder tree as absolute paths in byte order; reports refer to files by position.
 * @throws {DicomRefused} when there are too many
 */
export async function listFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [""];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of Deno.readDir(join(folder, next))) {
      const path = next === "" ? entry.name : `${next}/${entry.name}`;
      if (entry.isDirectory) folders.push(path);
      else if (entry.isFile) found.push(path);
      if (found.length > DICOM_FILES_MAX) {
        throw new DicomRefused("dicom_too_large", `holds over ${DICOM_FILES_MAX} files`);
      }
    }
  }
  return found.sort(byBytes).map((path) => join(folder, path));
}

/** UTF-16 and byte order differ only for characters beyond the basic multilingual plane. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Waits until no file has changed for `quietMs`: a DICOM receiver may still be writing. */
export async function untilQuiet(
  folder: string,
  quietMs: number,
  clock: { now(): number; pause(ms: number): Promise<void> },
): Promise<void> {
  let seen = "";
  for (;;) {
    let newest = 0;
    const files = quietMs === 0 ? [] : await listFiles(folder);
    for (const path of files) newest = Math.max(newest, await changedAt(path) ?? clock.now());
    const left = Math.min(newest + quietMs - clock.now(), quietMs);
    const sight = `${files.length} ${newest}`;
    if (left <= 0 || (left === quietMs && sight === seen)) return;
    seen = sight;
    await clock.pause(left);
  }
}

/** Last change of a file's content or location, in milliseconds since 1970; null when it has just disappeared. */
async function changedAt(path: string): Promise<number | null> {
  try {
    const { mtimeMs, ctimeMs } = await stat(path);
    return Math.max(mtimeMs, ctimeMs);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Marks by which a folder is recognised: times, and bytes unless too many. An upload's times mean nothing. */
export async function marksOf(
  folder: string,
  key: Uint8Array,
  isUpload: boolean,
): Promise<string> {
  let bytes = 0;
  for (const path of isUpload ? [] : await listFiles(folder)) bytes += (await stat(path)).size;
  const times = isUpload ? [] : [await filesMark(folder, "times", key)];
  const isSmall = bytes <= DICOM_MARKED_BYTES_MAX;
  return [...times, ...(isSmall ? [await filesMark(folder, "bytes", key)] : [])].join(" ");
}

/** How a folder's files differ from marks, as one clause; null when they do not. */
export async function differenceFromMarks(
  marks: string,
  folder: string,
  key: Uint8Array,
): Promise<string | null> {
  for (const by of ["times", "bytes"] as const) {
    if (marks.includes(by) && marks.includes(await filesMark(folder, by, key))) return null;
  }
  const last = marks.includes("bytes") ? "content" : "time";
  return `the DICOM files differ in name, size or ${last}`;
}

/** Digest of names, sizes, and times or bytes; keyed, since file names can identify patients. */
export async function filesMark(
  folder: string,
  by: "times" | "bytes",
  key: Uint8Array,
): Promise<string> {
  const mark = createHmac("sha256", key);
  for (const path of await listFiles(folder)) {
    const { size, mtimeMs } = await stat(path);
    const told = by === "times" ? mtimeMs : await digestOfFile(path);
    mark.update(JSON.stringify([relative(folder, path), size, told]));
  }
  return `${by} ${mark.digest("hex")}`;
}

/** Hex SHA-256 of a file, from byte `start` on. */
export async function digestOfFile(path: string, start = 0): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { start })) hash.update(block);
  return hash.digest("hex");
}
