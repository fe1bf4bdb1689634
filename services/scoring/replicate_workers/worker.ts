/**
 * A worker thread that computes one range of replicates.
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { ReplicateColumns, ReplicatePlan } from "../statistics/mod.ts";
import { replicateRange } from "../statistics/replicates.ts";

/** Request to a worker: the replicates numbered `from` to `to` − 1. */
export interface ReplicateOrder {
  readonly plan: ReplicatePlan;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export type ReplicateAnswer = { readonly columns: ReplicateColumns } | { readonly failure: string };

function answer({ plan, seed, from, to }: ReplicateOrder): ReplicateAnswer {
  try {
    return { columns: replicateRange(plan, seed, from, to) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<ReplicateOrder>): void => self.postMessage(answer(data));
