import type { ImportRunner } from "./import_runner.ts";
import type { ImportPlace } from "./importing/assemble.ts";
import type { ImportMessage, ImportOrder } from "./importing/messages.ts";

/**
 * Imports in threads of their own.
 *
 * @param place volume and data roots
 */
export function createWorkerImportRunner(place: ImportPlace): ImportRunner {
  return {
    run(id, onProgress, signal): Promise<void> {
      signal.throwIfAborted();
      const worker = new Worker(new URL("./importing/worker.ts", import.meta.url), {
        type: "module",
        name: `import ${id}`,
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
        event.preventDefault(); // else the whole service would end
        reject(new Error(event.message));
      };
      worker.postMessage({ id, place } satisfies ImportOrder);
      return promise.finally(() => {
        signal.removeEventListener("abort", stop);
        worker.terminate();
      });
    },
  };
}
