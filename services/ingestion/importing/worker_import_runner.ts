import type { OnProgress } from "../exam_source.ts";
import type { ImportRunner } from "../import_runner.ts";
import type { ImportPlace } from "./assemble.ts";
import { IMPORT_STEPS, type ImportMessage, type ImportOrder } from "./messages.ts";

/** Runs each half of an import in its own worker thread. */
export function createWorkerImportRunner(place: ImportPlace): ImportRunner {
  return {
    async run(id, onProgress, signal): Promise<void> {
      for (const step of IMPORT_STEPS) await runStep({ step, id, place }, onProgress, signal);
    },
  };
}

function runStep(order: ImportOrder, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: `${order.step} ${order.id}`,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  worker.onmessage = ({ data }: MessageEvent<ImportMessage>): void => {
    if ("progress" in data) onProgress(data.progress);
    else if ("failed" in data) reject(new Error(data.failed));
    else resolve();
  };
  worker.onerror = (event): void => {
    event.preventDefault(); // an unhandled error would end the service
    reject(new Error(event.message));
  };
  worker.postMessage(order);
  return promise.finally(() => {
    signal.removeEventListener("abort", stop);
    worker.terminate();
  });
}
