import { join } from "node:path";
import type { ReaderStudyReport } from "../../shared/contracts/reader_studies.ts";
import { storedStudy } from "../../shared/contracts/stored.ts";
import { createRecordReader, readPlain } from "../../shared/volume/mod.ts";
import type { Damage, VolumeLayout } from "../../shared/volume/mod.ts";
import { idsIn, newestFirst, writeReport } from "./report_files.ts";
import type { StudyStore } from "./study_store.ts";

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
