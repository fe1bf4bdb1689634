import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import { storedDataset } from "../../shared/contracts/stored.ts";
import {
  datasetFiles,
  LAST_BYTES,
  lookAtStored,
  type ReadRecord,
  resolveWithin,
  secretKey,
  type VolumeLayout,
} from "../../shared/volume/mod.ts";
import { digestFile } from "./sent_file.ts";
import type { DatasetList, ScoreStore } from "./score_store.ts";

/**
 * What is scored, as others have left it on the volume: data lists and predictions. Nothing is written.
 *
 * @param layout the volume
 * @param read reads records
 */
export function createScoringInputs(
  layout: VolumeLayout,
  read: ReadRecord,
): Pick<ScoreStore, "dataList" | "digest" | "patientKey" | "predictions" | "releasePolicy"> {
  async function readyDataset(dataset: string): Promise<DatasetRecord | null> {
    if (!SLUG_PATTERN.test(dataset)) return null;
    const { record: path } = datasetFiles(layout, dataset);
    const record = await read<DatasetRecord>(path, storedDataset(dataset));
    return record?.status === "ready" ? record : null;
  }

  return {
    async dataList(dataset): Promise<DatasetList | null> {
      const record = await readyDataset(dataset);
      if (record === null) return null;
      const file = await lookAtStored(datasetFiles(layout, dataset).dataList, LAST_BYTES.pickle);
      return { file, digest: record.digest };
    },
    releasePolicy: async (dataset) => (await readyDataset(dataset))?.release ?? null,
    digest: async (dataset) => (await readyDataset(dataset))?.digest ?? null,
    patientKey: () => secretKey(layout.scoreKey),
    predictions: async (path) => await digestFile(await resolveWithin(path, [layout.results])),
  };
}
