import { dirname, join, relative } from "node:path";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { readDataList } from "../../shared/format/mod.ts";
import {
  datasetFiles,
  readJson,
  resolveWithin,
  type VolumeLayout,
  writeFileAtomic,
  writeJsonAtomic,
} from "../../shared/volume/mod.ts";
import type { ScoreStore, Truth } from "./score_store.ts";

/**
 * Scores as files on the volume: `scores/<id>/`, or beside the predictions of an evaluation, where
 * `scores/<id>/location.json` points to.
 *
 * @param layout the volume
 */
export function createVolumeScoreStore(layout: VolumeLayout): ScoreStore {
  const own = (id: string): string => join(layout.scores, id);

  async function folderOf(id: string): Promise<string> {
    const location = await readJson(join(own(id), "location.json")) as { folder: string } | null;
    return location === null ? own(id) : join(layout.home, location.folder);
  }

  const get = async (id: string): Promise<ScoreReport | null> =>
    await readJson(join(await folderOf(id), "score.json")) as ScoreReport | null;

  return {
    truth: (dataset) => readTruth(layout, dataset),
    predictions: async (path) => await Deno.readFile(await resolveWithin(path, [layout.results])),
    get,
    async list(): Promise<ScoreReport[]> {
      const entries = await Array.fromAsync(Deno.readDir(layout.scores));
      const reports: ScoreReport[] = [];
      // One after another: thousands of files at once would exhaust the descriptors.
      for (const { name } of entries) {
        const report = await get(name);
        if (report !== null) reports.push(report);
      }
      // By id where two were made in the same millisecond, so that the order never changes.
      return reports.sort((a, b) =>
        b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id)
      );
    },
    async put(report, files, beside): Promise<void> {
      const folder = beside === null ? own(report.id) : dirname(beside);
      await Deno.mkdir(own(report.id), { recursive: true });
      for (const { name, content } of files) await writeFileAtomic(join(folder, name), content);
      await writeJsonAtomic(join(folder, "score.json"), report);
      if (beside === null) return;
      await writeJsonAtomic(join(own(report.id), "location.json"), {
        folder: relative(layout.home, folder),
      });
    },
    async remove(id): Promise<void> {
      const folder = await folderOf(id);
      // The report goes first: what is half deleted is no score.
      await Deno.remove(join(folder, "score.json")).catch(ignoreMissing);
      await Deno.remove(own(id), { recursive: true }).catch(ignoreMissing);
    },
    async file(id, name): Promise<Uint8Array | null> {
      return await Deno.readFile(join(await folderOf(id), name)).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      });
    },
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function readTruth(layout: VolumeLayout, dataset: string): Promise<Truth | null> {
  const files = datasetFiles(layout, dataset);
  const record = await readJson(files.record) as DatasetRecord | null;
  if (record?.status !== "ready") return null;
  const { exams } = readDataList(await Deno.readFile(files.dataList), "pkl");
  return { exams, digest: record.digest };
}
