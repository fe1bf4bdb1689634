import { createHash } from "node:crypto";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { EXAM_ANSWERS_KEPT_MAX } from "../../../shared/limits.ts";
import { datasetFiles, type VolumeLayout } from "../../../shared/volume/mod.ts";
import { createListThread } from "../workspace/list_thread.ts";
import type { ExamsAnswer, ExamsQuestion } from "../workspace/check_exams.ts";

export interface ExamChecks {
  /** Throws {@link StoredFileDamaged} if the data list cannot be read. */
  ask(dataset: Pick<DatasetRecord, "id" | "digest">, question: ExamsQuestion): Promise<ExamsAnswer>;
}

/** Checks in a worker thread, and caches answers by list and question. */
export function createExamChecks(layout: VolumeLayout): ExamChecks {
  const answers = new Map<string, Promise<ExamsAnswer>>();
  const thread = createListThread();

  return {
    ask({ id, digest }, question): Promise<ExamsAnswer> {
      const list = { path: datasetFiles(layout, id).dataList, digest };
      const check = (): Promise<ExamsAnswer> => thread.ask(list, "checkRequest", question);
      if (digest === null) return check();
      const key = createHash("sha256").update(JSON.stringify([list, question])).digest("hex");
      const answer = answers.get(key) ?? check();
      answers.delete(key);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      const [oldest] = answers.keys();
      if (answers.size > EXAM_ANSWERS_KEPT_MAX) answers.delete(oldest!);
      return answer;
    },
  };
}
