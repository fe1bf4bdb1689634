import { dirname, join, relative } from "node:path";
import type { ReleasePolicy } from "../../shared/contracts/releases.ts";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { storedLocation, storedScore } from "../../shared/contracts/stored.ts";
import {
  createRecordReader,
  type Damage,
  readPlain,
  secretKey,
  type VolumeLayout,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import { idsIn, writeReport } from "./report_files.ts";
import { createReleases } from "./volume_releases.ts";
import { contentDigest } from "./content.ts";
import { createScoreIndex, createSequence } from "./score_index.ts";
import type { ScoreStore } from "./score_store.ts";
import { createScoringInputs } from "./scoring_inputs.ts";

/**
 * Scores as files on the volume: `scores/<id>/`, or beside the predictions of an evaluation, where
 * `scores/<id>/location.json` points to.
 *
 * @param layout the volume
 * @param damage takes note of what cannot be read
 * @param policy how far scores are released where nothing else is said
 */
export function createVolumeScoreStore(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
  policy: ReleasePolicy = "open",
): ScoreStore {
  const read = createRecordReader(damage);
  const own = (id: string): string => join(layout.scores, id);

  /** Folders in which reports were found. Where there is none any more, the location is looked up again. */
  const folders = new Map<string, string>();
  const readReport = (folder: string, id: string): Promise<ScoreReport | null> =>
    read<ScoreReport>(join(folder, "score.json"), storedScore(id));

  async function folderOf(id: string): Promise<string> {
    const path = join(own(id), "location.json");
    const location = await read<{ folder: string }>(path, storedLocation);
    return location === null ? own(id) : join(layout.home, location.folder);
  }

  async function get(id: string): Promise<ScoreReport | null> {
    const before = folders.get(id);
    const found = before === undefined ? null : await readReport(before, id);
    if (found !== null) {
      index.note(id, found);
      return found;
    }
    const folder = await folderOf(id);
    const report = await readReport(folder, id);
    if (report === null) folders.delete(id);
    else folders.set(id, folder);
    index.note(id, report);
    return report;
  }

  const index = createScoreIndex({ names: () => idsIn(layout.scores, damage), get });
  const inSequence = createSequence(index.headings);

  return {
    ...createScoringInputs(layout, read),
    get,
    headings: index.headings,
    async put(made, files, beside): Promise<void> {
      const report = await inSequence(made);
      const folder = beside === null ? own(report.id) : dirname(beside);
      await Deno.mkdir(own(report.id), { recursive: true });
      await writeReport(folder, "score.json", report, files);
      if (beside !== null) {
        await writeJsonAtomic(join(own(report.id), "location.json"), {
          folder: relative(layout.home, folder),
        });
      }
      folders.set(report.id, folder);
      index.note(report.id, report);
    },
    async remove(id): Promise<void> {
      const folder = await folderOf(id);
      // The report goes first: what is half deleted is no score.
      await Deno.remove(join(folder, "score.json")).catch(ignoreMissing);
      await Deno.remove(own(id), { recursive: true }).catch(ignoreMissing);
      folders.delete(id);
      index.note(id, null);
    },
    ...createReleases(layout, policy),
    contentDigest: async (parts) => contentDigest(await secretKey(layout.scoreKey), parts),
    file: async (id, name) => await readPlain(join(folders.get(id) ?? await folderOf(id), name)),
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
