/**
 * Half an import in a thread of its own. A data list of 100,000 exams takes seconds to read and
 * hundreds of megabytes meanwhile: here neither stops the service from answering, and the memory is
 * given back when the thread ends, before the long half begins.
 *
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
  // It is broken off by ending the thread: whatever is on the volume then is whole.
  await checkDataset(dataset, dependencies, onProgress, new AbortController().signal);
}

giveWay(NICE.takesLong);
thread.onmessage = ({ data }): void => {
  carryOut(data).then(
    () => thread.postMessage({ ended: true }),
    (error) => thread.postMessage({ failed: error instanceof Error ? error.message : `${error}` }),
  );
};
