import { join } from "node:path";
import type { ReaderStudyReport } from "../../shared/contracts/reader_studies.ts";
import { readPlain, type VolumeLayout } from "../../shared/volume/mod.ts";
import { listReports, readReport, writeReport } from "./report_files.ts";
import type { StudyStore } from "./study_store.ts";

const REPORT = "study.json";

/**
 * Reader studies as files on the volume: `reader_studies/<id>/`.
 *
 * @param layout the volume
 */
export function createVolumeStudyStore(layout: VolumeLayout): StudyStore {
  const folderOf = (id: string): string => join(layout.readerStudies, id);
  const get = (id: string): Promise<ReaderStudyReport | null> => readReport(folderOf(id), REPORT);
  return {
    get,
    list: () => listReports(layout.readerStudies, get),
    async put(report, files): Promise<void> {
      await Deno.mkdir(folderOf(report.id), { recursive: true });
      await writeReport(folderOf(report.id), REPORT, report, files);
    },
    async remove(id): Promise<void> {
      // The report goes first: what is half deleted is no study.
      for (const path of [join(folderOf(id), REPORT), folderOf(id)]) {
        await Deno.remove(path, { recursive: true }).catch((error) => {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        });
      }
    },
    file: (id, name) => readPlain(join(folderOf(id), name)),
  };
}
