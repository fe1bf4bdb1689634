import { join } from "node:path";
import { readJson, writeFilesAtomic, writeJsonAtomic } from "../../shared/volume/mod.ts";
import type { ScoreFile } from "./score_store.ts";

/** What every report has that is kept by id. */
interface KeptReport {
  readonly id: string;
  readonly created_at: string;
}

/**
 * Writes a report and its files: the report last, so that what can be read is whole.
 *
 * @param folder is there already
 * @param name of the report's file
 * @param report the report
 * @param files what belongs to it
 */
export async function writeReport(
  folder: string,
  name: string,
  report: KeptReport,
  files: readonly ScoreFile[],
): Promise<void> {
  await writeFilesAtomic(folder, files);
  await writeJsonAtomic(join(folder, name), report);
}

/**
 * Reads all reports of a folder.
 *
 * @param root holds a folder for each id
 * @param get reads one; null where there is none (yet)
 * @returns newest first
 */
export async function listReports<T extends KeptReport>(
  root: string,
  get: (id: string) => Promise<T | null>,
): Promise<T[]> {
  const reports: T[] = [];
  // One after another: thousands of files at once would exhaust the descriptors.
  for await (const { name } of Deno.readDir(root)) {
    const report = await get(name);
    if (report !== null) reports.push(report);
  }
  return reports.sort(newestFirst);
}

/**
 * Orders reports, newest first; by id where two were made in the same millisecond, so that the order
 * never changes.
 */
export function newestFirst(a: KeptReport, b: KeptReport): number {
  return descending(a.created_at, b.created_at) || descending(a.id, b.id);
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}

/**
 * @param folder of a report
 * @param name of the report's file
 * @returns the report, or null
 */
export async function readReport<T extends KeptReport>(
  folder: string,
  name: string,
): Promise<T | null> {
  return await readJson(join(folder, name)) as T | null;
}
