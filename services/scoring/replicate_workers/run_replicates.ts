import { REPLICATE_WORKERS_MAX } from "../../../shared/limits.ts";
import { replicateCost, runReplicatesHere } from "../statistics/mod.ts";
import type { ReplicateColumns, ReplicatePlan, RunReplicates } from "../statistics/mod.ts";
import type { ReplicateAnswer, ReplicateOrder } from "./worker.ts";

/** Fewer draws start no thread: about 0.25 s of work, several times the cost of a start. */
const DRAWS_MIN = 1e8;

/** One thread per processor if that pays; bit-identical, as replicates depend only on seed and number. */
export const runReplicates: RunReplicates = (plan, seed, replicates) => {
  if (replicateCost(plan) * replicates < DRAWS_MIN) {
    return runReplicatesHere(plan, seed, replicates);
  }
  const workers = Math.min(navigator.hardwareConcurrency, REPLICATE_WORKERS_MAX);
  return runInWorkers(plan, seed, replicates, workers);
};

/**
 * Computes replicates in temporary threads, in replicate order.
 * @throws {Error} if a thread fails
 */
export async function runInWorkers(
  plan: ReplicatePlan,
  seed: number,
  replicates: number,
  workers: number,
): Promise<ReplicateColumns> {
  const border = (part: number): number => Math.floor(replicates * part / workers);
  const parts = await Promise.all(
    Array.from(
      { length: workers },
      (_, part) => runInWorker({ plan, seed, from: border(part), to: border(part + 1) }),
    ),
  );
  return parts[0]!.map((_, column) => {
    const values = new Float64Array(replicates);
    parts.forEach((part, at) => values.set(part[column]!, border(at)));
    return values;
  });
}

function runInWorker(order: ReplicateOrder): Promise<ReplicateColumns> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<ReplicateColumns>();
  const fail = (reason: string): void =>
    reject(new Error(`Cannot compute replicates ${order.from} to ${order.to}: ${reason}`));
  worker.onmessage = ({ data }: MessageEvent<ReplicateAnswer>): void => {
    if ("failure" in data) fail(data.failure);
    else resolve(data.columns);
  };
  worker.onerror = (event): void => {
    event.preventDefault(); // else the whole service would end
    fail(event.message);
  };
  worker.postMessage(order);
  return promise.finally(() => worker.terminate());
}
