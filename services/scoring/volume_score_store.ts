import { dirname, join, relative } from "node:path";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { readDataList } from "../../shared/format/mod.ts";
import {
  datasetFiles,
  PathNotAllowed,
  readJson,
  readPlain,
  resolveWithin,
  type VolumeLayout,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import { createJsonCache } from "./json_cache.ts";
import { writeReport } from "./report_files.ts";
import { createScoreIndex } from "./score_index.ts";
import type { ScoreStore, Truth } from "./score_store.ts";
import { shareRuns } from "./share_runs.ts";

/**
 * Scores as files on the volume: `scores/<id>/`, or beside the predictions of an evaluation, where
 * `scores/<id>/location.json` points to.
 *
 * @param layout the volume
 */
export function createVolumeScoreStore(layout: VolumeLayout): ScoreStore {
  const read = createJsonCache();
  const own = (id: string): string => join(layout.scores, id);

  async function folderOf(id: string): Promise<string> {
    const location = await read(join(own(id), "location.json")) as { folder: string } | null;
    return location === null ? own(id) : join(layout.home, location.folder);
  }

  async function get(id: string): Promise<ScoreReport | null> {
    const report = await read(join(await folderOf(id), "score.json")) as ScoreReport | null;
    index.note(id, report);
    return report;
  }

  const index = createScoreIndex(
    async () => (await Array.fromAsync(Deno.readDir(layout.scores))).map(({ name }) => name),
    get,
  );

  return {
    truth: (dataset) => readTruth(layout, dataset),
    digest: async (dataset) => (await readyDataset(layout, dataset))?.digest ?? null,
    async predictions(path): Promise<Uint8Array> {
      const bytes = await readPlain(await resolveWithin(path, [layout.results]));
      if (bytes === null) throw new PathNotAllowed(path, `${path} is no file`);
      return bytes;
    },
    get,
    headings: shareRuns(index.headings),
    async put(report, files, beside): Promise<void> {
      const folder = beside === null ? own(report.id) : dirname(beside);
      await Deno.mkdir(own(report.id), { recursive: true });
      await writeReport(folder, "score.json", report, files);
      if (beside !== null) {
        await writeJsonAtomic(join(own(report.id), "location.json"), {
          folder: relative(layout.home, folder),
        });
      }
      index.note(report.id, report);
    },
    async remove(id): Promise<void> {
      const folder = await folderOf(id);
      // The report goes first: what is half deleted is no score.
      await Deno.remove(join(folder, "score.json")).catch(ignoreMissing);
      await Deno.remove(own(id), { recursive: true }).catch(ignoreMissing);
      index.note(id, null);
    },
    file: async (id, name) => await readPlain(join(await folderOf(id), name)),
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function readTruth(layout: VolumeLayout, dataset: string): Promise<Truth | null> {
  const record = await readyDataset(layout, dataset);
  if (record === null) return null;
  const { dataList } = datasetFiles(layout, dataset);
  const { exams } = readDataList(await Deno.readFile(dataList), "pkl");
  return { exams, digest: record.digest };
}

async function readyDataset(layout: VolumeLayout, dataset: string): Promise<DatasetRecord | null> {
  if (!SLUG_PATTERN.test(dataset)) return null;
  const { record } = datasetFiles(layout, dataset);
  const read = await readJson(record) as DatasetRecord | null;
  return read?.status === "ready" ? read : null;
}
