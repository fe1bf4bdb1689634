/**
 * Imports one dataset in a thread of its own. A data list of 100,000 exams takes seconds to read and
 * hundreds of megabytes meanwhile: here neither stops the service from answering, and the memory is
 * given back when the thread ends.
 *
 * @module
 */
import { importDataset } from "../import_dataset.ts";
import { assembleImport } from "./assemble.ts";
import type { ImportMessage, ImportOrder } from "./messages.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ImportOrder>) => void;
  postMessage(message: ImportMessage): void;
};

async function carryOut({ id, place }: ImportOrder): Promise<void> {
  const dependencies = assembleImport(place);
  const dataset = await dependencies.store.get(id);
  if (dataset === null) throw new RangeError(`Cannot import ${id}: there is no such dataset`);
  // It is broken off by ending the thread: whatever is on the volume then is whole.
  const never = new AbortController().signal;
  await importDataset(
    dataset,
    dependencies,
    (progress) => thread.postMessage({ progress }),
    never,
  );
}

thread.onmessage = ({ data }): void => {
  carryOut(data).then(
    () => thread.postMessage({ ended: true }),
    (error) => thread.postMessage({ failed: error instanceof Error ? error.message : `${error}` }),
  );
};
