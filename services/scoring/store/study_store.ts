import type { ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import type { KeptFile } from "./score_store.ts";
import { join } from "node:path";
import { storedStudy } from "../../../shared/contracts/stored.ts";
import { createRecordReader, readPlain } from "../../../shared/volume/mod.ts";
import type { Damage, VolumeLayout } from "../../../shared/volume/mod.ts";
import { idsIn, newestFirst, writeReport } from "./report_files.ts";

/** Stores reader studies. Every write is atomic. */
export interface StudyStore {
  get(id: string): Promise<ReaderStudyReport | null>;
  /** All studies, newest first. */
  list(): Promise<ReaderStudyReport[]>;
  put(report: ReaderStudyReport, files: readonly KeptFile[]): Promise<void>;
  remove(id: string): Promise<void>;
  file(id: string, name: string): Promise<Uint8Array | null>;
}

const REPORT = "study.json";

/** Stores reader studies as files on the volume: `reader_studies/<id>/`. */
export function createVolumeStudyStore(
  layout: VolumeLayout,
  damage: Pick<Damage, "note" | "clear">,
): StudyStore {
  const read = createRecordReader(damage);
  const folderOf = (id: string): string => join(layout.readerStudies, id);
  const get = (id: string): Promise<ReaderStudyReport | null> =>
    read<ReaderStudyReport>(join(folderOf(id), REPORT), storedStudy(id));
  return {
    get,
    async list(): Promise<ReaderStudyReport[]> {
      const studies: ReaderStudyReport[] = [];
      // One at a time: thousands of open files would exhaust the descriptors.
      for (const id of idsIn(layout.readerStudies, damage)) {
        const study = await get(id);
        if (study !== null) studies.push(study);
      }
      return studies.sort(newestFirst);
    },
    async put(report, files): Promise<void> {
      await Deno.mkdir(folderOf(report.id), { recursive: true });
      await writeReport(folderOf(report.id), REPORT, report, files);
    },
    async remove(id): Promise<void> {
      // The report first: a half-deleted study is no study.
      for (const path of [join(folderOf(id), REPORT), folderOf(id)]) {
        await Deno.remove(path, { recursive: true }).catch((error) => {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        });
      }
    },
    file: (id, name) => readPlain(join(folderOf(id), name)),
  };
}
