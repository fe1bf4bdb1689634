import { type DataList, readDataList } from "../../shared/format/mod.ts";
import { DATA_LIST_READINGS_MAX } from "../../shared/limits.ts";
import type { DatasetStore } from "./dataset_store.ts";
import type { ExamSource } from "./exam_source.ts";

export function createDataListExamSource(store: DatasetStore): ExamSource {
  return {
    async read({ id, origin }, onProgress): Promise<DataList> {
      if (origin.kind !== "data_list") {
        throw new TypeError("The dataset was not made from a data list");
      }
      onProgress({ stage: "reading", done: 0, total: 0 });
      // A list too large for memory kills the whole service, and would do so again at every start.
      if (await store.countReading(id) > DATA_LIST_READINGS_MAX) {
        return unreadable(
          `The data list was started ${DATA_LIST_READINGS_MAX} times, and the service ended each time: ` +
            "it may need too much memory. Split the list",
        );
      }
      const bytes = await store.source(id, origin.format);
      try {
        return readDataList(bytes, origin.format, { tables: await store.tables(id) });
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return unreadable(`The data list cannot be read: ${error.message}`);
      }
    },
  };
}

function unreadable(message: string): DataList {
  const fault = { exam: null, view: null, image: null, code: "data_list_unreadable", message };
  return { exams: [], faultyExams: [], entries: [], errors: [fault], warnings: [] };
}
