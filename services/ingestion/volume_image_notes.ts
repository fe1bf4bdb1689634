import { join } from "node:path";
import { z } from "zod";
import { checkAgainst } from "../../shared/contracts/stored.ts";
import { joinBytes } from "../../shared/format/mod.ts";
import { noting, writeJsonAtomic } from "../../shared/volume/mod.ts";
import type { Damage, DatasetFiles, ReadRecord } from "../../shared/volume/mod.ts";
import type { ImageNote } from "./check_images.ts";
import type { DatasetStore, ImportCheckpoint } from "./dataset_store.ts";
import { linesOf, readLinesPage } from "./lines_page.ts";

type ImageNotes = Pick<
  DatasetStore,
  "addNotes" | "settleNotes" | "notes" | "putCheckpoint" | "checkpoint"
>;

/** A damaged checkpoint counts as missing, and the image check restarts. */
const storedCheckpoint = checkAgainst(z.object({
  noted: z.number(),
  check: z.object({ images: z.number(), digest: z.string() }),
}));

/** Stores image notes in files: below `import/` while they grow, next to the record when complete. */
export function imageNotes(
  filesOf: (id: string) => DatasetFiles,
  read: ReadRecord,
  damage: Pick<Damage, "note">,
): ImageNotes {
  const notesPath = (id: string): string => join(filesOf(id).importing, "notes.jsonl");
  const checkpointPath = (id: string): string => join(filesOf(id).importing, "checkpoint.json");
  return {
    addNotes: (id, start, notes) => writeAt(notesPath(id), start, joinBytes([...linesOf(notes)])),
    settleNotes: (id) => settleFile(notesPath(id), filesOf(id).imageNotes),
    notes: (id, start, limit) =>
      // deno-lint-ignore require-await -- the page is read at once
      noting(damage, async () =>
        isMissing(filesOf(id).imageNotes)
          ? null
          : readLinesPage<ImageNote>(filesOf(id).imageNotes, start, limit)),
    putCheckpoint: (id, checkpoint) => writeJsonAtomic(checkpointPath(id), checkpoint),
    async checkpoint(id): Promise<ImportCheckpoint | null> {
      const kept = await read<ImportCheckpoint>(checkpointPath(id), storedCheckpoint);
      return kept !== null && kept.noted <= (sizeOf(notesPath(id)) ?? 0) ? kept : null;
    },
  };
}

/** Writes bytes at an offset, truncates the file behind it, and returns the new end. */
async function writeAt(path: string, start: number, bytes: Uint8Array): Promise<number> {
  using file = await Deno.open(path, { write: true, create: true });
  await file.truncate(start);
  await file.seek(start, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  return start + bytes.length;
}

/** Moves a finished file to its place; does nothing when a killed run has already moved it. */
async function settleFile(from: string, to: string): Promise<void> {
  if (sizeOf(from) === null && sizeOf(to) !== null) return;
  using file = await Deno.open(from, { write: true, create: true });
  await file.sync();
  await Deno.rename(from, to);
}

/** A file that exists but cannot be read is not missing. */
function isMissing(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function sizeOf(path: string): number | null {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
