import { Problem } from "../../../shared/http/mod.ts";
import { SCORINGS_AT_ONCE, SCORINGS_WAITING_MAX } from "../../../shared/limits.ts";
import type { ScoreOutcome } from "../score_predictions.ts";
import type { Scorer } from "./scorer.ts";
import type { Answer, NumberedTask, Task, TaskResult } from "./worker.ts";

/** Something that was asked for and is not done. */
interface Order {
  readonly task: Task;
  readonly done: PromiseWithResolvers<TaskResult>;
}

/** A thread with what it works at, by number. */
interface Thread {
  readonly worker: Worker;
  readonly open: Map<number, Order>;
}

/**
 * Scores and draws in threads of its own, so that requests are answered meanwhile. They start when there is
 * work and stay. Each works at several things at a time: a large one does not hold up small ones.
 *
 * @param count of threads, at least 1
 */
export function createThreadedScorer(count: number): Scorer {
  const threads = new Set<Thread>();
  const waiting: Order[] = [];
  let number = 0;

  function addThread(): Thread {
    const thread = startThread(startNext, (reason) => {
      removeThread(thread, reason);
      startNext();
    });
    threads.add(thread);
    return thread;
  }

  function removeThread(thread: Thread, reason: Error): void {
    threads.delete(thread);
    endThread(thread, reason);
  }

  /** The thread with the least to do; a new one as long as there may be more and all have something. */
  function freeThread(): Thread | null {
    const [idlest] = [...threads].sort((a, b) => a.open.size - b.open.size);
    if (idlest?.open.size === 0) return idlest;
    if (threads.size < count) return addThread();
    return idlest!.open.size < SCORINGS_AT_ONCE ? idlest! : null;
  }

  function startNext(): void {
    while (waiting.length > 0) {
      const thread = freeThread();
      if (thread === null) return;
      const order = waiting.shift()!;
      thread.open.set(++number, order);
      const message: NumberedTask = { number, task: order.task };
      thread.worker.postMessage(message);
    }
  }

  function ask(task: Task): Promise<TaskResult> {
    if (waiting.length >= SCORINGS_WAITING_MAX) {
      throw new Problem("unavailable", "Too many scores are being made: ask again in a moment", {
        headers: { "retry-after": "10" },
      });
    }
    const done = Promise.withResolvers<TaskResult>();
    waiting.push({ task, done });
    startNext();
    return done.promise;
  }

  return {
    score: async (request) => await ask({ kind: "score", request }) as ScoreOutcome,
    draw: async (request) => await ask({ kind: "draw", request }) as Uint8Array | null,
    stop(): void {
      const reason = new Problem("unavailable", "The scoring service is stopping");
      for (const thread of threads) removeThread(thread, reason);
      for (const { done } of waiting.splice(0)) done.reject(reason);
    },
  };
}

/** A thread whose orders are settled by its answers; then it is told that it may have another. */
function startThread(onAnswer: () => void, onEnd: (reason: Error) => void): Thread {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "scoring",
  });
  const open = new Map<number, Order>();
  worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
    const order = open.get(data.number);
    open.delete(data.number);
    if ("failure" in data) order?.done.reject(new Error(`Cannot score: ${data.failure}`));
    else order?.done.resolve(data.result);
    onAnswer();
  };
  worker.onerror = (event): void => {
    event.preventDefault(); // else the whole service would end
    onEnd(new Error(`Cannot score: the thread has ended: ${event.message}`));
  };
  return { worker, open };
}

function endThread({ worker, open }: Thread, reason: Error): void {
  worker.terminate();
  for (const { done } of open.values()) done.reject(reason);
}
