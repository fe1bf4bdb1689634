import { dirname, join, relative } from "node:path";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import {
  createJsonCache,
  readPlain,
  type VolumeLayout,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import { writeReport } from "./report_files.ts";
import { createScoreIndex } from "./score_index.ts";
import type { ScoreStore } from "./score_store.ts";
import { createScoringInputs } from "./scoring_inputs.ts";

/**
 * Scores as files on the volume: `scores/<id>/`, or beside the predictions of an evaluation, where
 * `scores/<id>/location.json` points to.
 *
 * @param layout the volume
 */
export function createVolumeScoreStore(layout: VolumeLayout): ScoreStore {
  const read = createJsonCache();
  const own = (id: string): string => join(layout.scores, id);

  /** Folders in which reports were found. Where there is none any more, the location is looked up again. */
  const folders = new Map<string, string>();
  const readReport = async (folder: string): Promise<ScoreReport | null> =>
    await read(join(folder, "score.json")) as ScoreReport | null;

  async function folderOf(id: string): Promise<string> {
    const location = await read(join(own(id), "location.json")) as { folder: string } | null;
    return location === null ? own(id) : join(layout.home, location.folder);
  }

  async function get(id: string): Promise<ScoreReport | null> {
    const before = folders.get(id);
    const found = before === undefined ? null : await readReport(before);
    if (found !== null) {
      index.note(id, found);
      return found;
    }
    const folder = await folderOf(id);
    const report = await readReport(folder);
    if (report === null) folders.delete(id);
    else folders.set(id, folder);
    index.note(id, report);
    return report;
  }

  const index = createScoreIndex({
    // At once, so that nothing is written or removed between the look and what follows from it.
    names: () => Array.from(Deno.readDirSync(layout.scores), ({ name }) => name),
    get,
  });

  return {
    ...createScoringInputs(layout, read),
    get,
    headings: index.headings,
    async put(report, files, beside): Promise<void> {
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
    file: async (id, name) => await readPlain(join(folders.get(id) ?? await folderOf(id), name)),
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
