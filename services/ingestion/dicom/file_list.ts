import { join } from "node:path";
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
