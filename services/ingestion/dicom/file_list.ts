import { createHash, createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { DICOM_FILES_MAX } from "../../../shared/limits.ts";
import { DicomRefused } from "./dicom_refused.ts";

/**
 * Lists the regular files of a folder and its sub-folders, links left out, in the order of
 * `find . -type f | LC_ALL=C sort`: so a report can tell a file by its place, without its name.
 *
 * @param folder absolute path
 * @returns absolute paths
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

/** UTF-16 and bytes order alike but for characters beyond the first plane. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Waits until no file of a folder has changed for a while: a DICOM receiver may still fill it. A file with a time to
 * come, of a machine whose clock is ahead, holds nobody up for longer than that.
 *
 * @param folder absolute path
 * @param quietMs how long nothing may have changed
 * @param clock what tells the time, and waits
 */
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

/** When a file or its place was last changed, in milliseconds since 1970; null where it has just gone. */
async function changedAt(path: string): Promise<number | null> {
  try {
    const { mtimeMs, ctimeMs } = await stat(path);
    return Math.max(mtimeMs, ctimeMs);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Tells apart two states of a folder: by name, size and time of each file where it is used in place, by name and
 * bytes where the files were uploaded, which gives them new times.
 *
 * @param folder absolute path
 * @param by what counts
 * @param key secret of the digest, since names of files name patients
 */
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

/**
 * SHA-256 in hex of a file, or of its end.
 *
 * @param path of it
 * @param start first byte that counts
 */
export async function digestOfFile(path: string, start = 0): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { start })) hash.update(block);
  return hash.digest("hex");
}
