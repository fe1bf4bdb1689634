import type { Features } from "./features.ts";
import type { Task } from "./predictions.ts";
import type { Answer, Order } from "./worker.ts";

/** Asks one worker and waits for its answer. */
function ask(worker: Worker, order: Order): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Answer>): void => resolve(event.data);
    worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(order);
  });
}

/**
 * Measures all images in parallel. The result does not depend on the number of processes.
 *
 * @param tasks every image once
 * @param folder folder of the images
 * @param processes how many images are worked on at a time, at least 1
 * @param onProgress told the number of images done
 * @returns features by image name
 * @throws {Error} naming the image that could not be measured
 */
export async function measureAll(
  tasks: readonly Task[],
  folder: string,
  processes: number,
  onProgress: (done: number) => void,
): Promise<Map<string, Features>> {
  const features = new Map<string, Features>();
  const queue = tasks.values();
  async function work(worker: Worker): Promise<void> {
    for (const { image, view } of queue) {
      const order = { path: `${folder}/${image}.png`, oblique: view.endsWith("MLO") };
      const answer = await ask(worker, order);
      if ("failure" in answer) throw new Error(`Cannot score image ${image}: ${answer.failure}`);
      features.set(image, answer.features);
      onProgress(features.size);
    }
  }
  const workers = Array.from(
    { length: Math.min(processes, tasks.length) },
    () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    for (const worker of workers) worker.terminate();
  }
  return features;
}
