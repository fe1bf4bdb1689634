import { createHash } from "node:crypto";
import type { DatasetRecord } from "../../../shared/contracts/datasets.ts";
import { EXAM_ANSWERS_KEPT_MAX } from "../../../shared/limits.ts";
import { datasetFiles, StoredFileDamaged, type VolumeLayout } from "../../../shared/volume/mod.ts";
import type { ExamsAnswer, ExamsQuestion } from "./check_exams.ts";
import type { ExamsMessage, ExamsOrder } from "./exam_checks_worker.ts";

/** Checks requests against the exams of datasets. */
export interface ExamChecks {
  /**
   * @param dataset that is ready
   * @param question what hangs on its exams
   * @throws {StoredFileDamaged} where the data list cannot be read
   */
  ask(dataset: Pick<DatasetRecord, "id" | "digest">, question: ExamsQuestion): Promise<ExamsAnswer>;
}

/**
 * Checks in a thread of its own, one question after another, so that the service answers meanwhile. The thread
 * ends when nobody asks any more. The same question about the same list is worked on once.
 *
 * @param layout the volume
 */
export function createExamChecks(layout: VolumeLayout): ExamChecks {
  const answers = new Map<string, Promise<ExamsAnswer>>();
  const thread = createThread();

  return {
    ask({ id, digest }, question): Promise<ExamsAnswer> {
      const order: ExamsOrder = { path: datasetFiles(layout, id).dataList, digest, question };
      if (digest === null) return thread.ask(order);
      const key = createHash("sha256").update(JSON.stringify(order)).digest("hex");
      const answer = answers.get(key) ?? thread.ask(order);
      answers.delete(key);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      const [oldest] = answers.keys();
      if (answers.size > EXAM_ANSWERS_KEPT_MAX) answers.delete(oldest!);
      return answer;
    },
  };
}

function createThread(): { ask(order: ExamsOrder): Promise<ExamsAnswer> } {
  let worker: Worker | null = null;
  let open = 0;
  let last: Promise<unknown> = Promise.resolve();

  function end(): void {
    worker?.terminate();
    worker = null;
  }

  async function askNext(order: ExamsOrder): Promise<ExamsAnswer> {
    worker ??= new Worker(new URL("./exam_checks_worker.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<ExamsMessage>();
    worker.onmessage = ({ data }: MessageEvent<ExamsMessage>): void => resolve(data);
    worker.onerror = (event): void => {
      event.preventDefault(); // else the whole service would end
      end();
      reject(new Error(event.message));
    };
    worker.postMessage(order);
    const message = await promise;
    if ("failure" in message) throw new StoredFileDamaged(order.path, message.failure);
    return message.answer;
  }

  return {
    ask(order): Promise<ExamsAnswer> {
      open += 1;
      const answer = last.then(() => askNext(order)).finally(() => {
        open -= 1;
        if (open === 0) end();
      });
      last = answer.catch(() => {});
      return answer;
    },
  };
}
