import { join } from "node:path";
import { z } from "zod";
import { SCORES_CURSOR_PATTERN } from "../../../shared/contracts/scores.ts";
import { type Damage, writeFilesAtomic, writeJsonAtomic } from "../../../shared/volume/mod.ts";
import type { KeptFile } from "./score_store.ts";

interface KeptReport {
  readonly id: string;
  readonly created_at: string;
}

export async function writeReport(
  folder: string,
  name: string,
  report: KeptReport,
  files: readonly KeptFile[],
): Promise<void> {
  await writeFilesAtomic(folder, files);
  await writeJsonAtomic(join(folder, name), report);
}

/** Lists the IDs that have a folder. Synchronous, so that nothing changes before the caller uses the result. */
export function idsIn(root: string, damage: Pick<Damage, "note">): string[] {
  try {
    return Array.from(Deno.readDirSync(root), ({ name }) => name).filter(isId);
  } catch (error) {
    damage.note(root, `it cannot be listed (${error}): check its permissions`);
    return [];
  }
}

function isId(name: string): boolean {
  return z.uuid().safeParse(name).success;
}

/** Orders reports newest first; ties within a millisecond by ID, so that the order is stable. */
export function newestFirst(a: KeptReport, b: KeptReport): number {
  return descending(a.created_at, b.created_at) || descending(a.id, b.id);
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}

/** Decodes the `next_cursor` of the previous page into its last report; undefined if first. */
export function placeOf(cursor: string | undefined): KeptReport | undefined {
  const [, created_at, id] = cursor?.match(SCORES_CURSOR_PATTERN) ?? [];
  return created_at === undefined || id === undefined ? undefined : { created_at, id };
}

export function cursorAfter(page: readonly KeptReport[]): string | null {
  const last = page.at(-1);
  return last === undefined ? null : `${last.created_at}_${last.id}`;
}
