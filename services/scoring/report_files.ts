import { join } from "node:path";
import { z } from "zod";
import { type Damage, writeFilesAtomic, writeJsonAtomic } from "../../shared/volume/mod.ts";
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
 * Lists the ids that have a folder. Synchronous, so that nothing is written or removed between the look and
 * what follows from it.
 *
 * @param root holds a folder for each id
 * @param damage takes note when it cannot be looked into
 */
export function idsIn(root: string, damage: Pick<Damage, "note">): string[] {
  try {
    return Array.from(Deno.readDirSync(root), ({ name }) => name).filter(isId);
  } catch (error) {
    damage.note(root, `it cannot be looked into (${error}): check its permissions`);
    return [];
  }
}

function isId(name: string): boolean {
  return z.uuid().safeParse(name).success;
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
