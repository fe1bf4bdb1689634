/**
 * A thread that scores and draws as it is told, several things at a time, until it is ended.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { drawOnRequest } from "../draw_on_request.ts";
import { type ScoreOutcome, scorePredictions, type ScoreRequest } from "../score_predictions.ts";
import type { DrawRequest } from "./scorer.ts";

/** What a thread is asked for. */
export type Task =
  | { readonly kind: "score"; readonly request: ScoreRequest }
  | { readonly kind: "draw"; readonly request: DrawRequest };

/** What comes of a task. */
export type TaskResult = ScoreOutcome | Uint8Array | null;

/** A task with the number that its answer has too. */
export interface NumberedTask {
  readonly number: number;
  readonly task: Task;
}

/** What a thread answers. */
export type Answer =
  | { readonly number: number; readonly result: TaskResult }
  | { readonly number: number; readonly failure: string };

async function work({ number, task }: NumberedTask): Promise<Answer> {
  try {
    const result = task.kind === "score"
      ? await scorePredictions(task.request)
      : await drawOnRequest(task.request);
    return { number, result };
  } catch (error) {
    return { number, failure: error instanceof Error ? error.stack ?? error.message : `${error}` };
  }
}

self.onmessage = async ({ data }: MessageEvent<NumberedTask>): Promise<void> => {
  self.postMessage(await work(data));
};
