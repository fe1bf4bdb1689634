/**
 * Runs half an import in a worker thread. Reading a data list of 100,000 exams takes seconds and hundreds of
 * megabytes. In a thread this does not block the service, and the memory is freed when the thread ends,
 * before the long second half.
 * @module
 */
import { checkDataset, readExams } from "../import_dataset.ts";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import type { OnProgress } from "../exam_source.ts";
import { assembleImport } from "./assemble.ts";
import type { ImportMessage, ImportOrder } from "./messages.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ImportOrder>) => void;
  postMessage(message: ImportMessage): void;
};

async function carryOut({ step, id, place }: ImportOrder): Promise<void> {
  const dependencies = assembleImport(place);
  const dataset = await dependencies.store.get(id);
  if (dataset === null) throw new RangeError(`Cannot import ${id}: the dataset does not exist`);
  const onProgress: OnProgress = (progress) => thread.postMessage({ progress });
  if (step === "read") return await readExams(dataset, dependencies, onProgress);
  // Cancelled by terminating the thread: every write to the volume is atomic.
  await checkDataset(dataset, dependencies, onProgress, new AbortController().signal);
}

giveWay(NICE.takesLong);
thread.onmessage = ({ data }): void => {
  carryOut(data).then(
    () => thread.postMessage({ ended: true }),
    (error) => thread.postMessage({ failed: error instanceof Error ? error.message : `${error}` }),
  );
};
