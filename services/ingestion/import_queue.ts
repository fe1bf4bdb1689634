import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import { IMPORTS_AT_ONCE } from "../../shared/limits.ts";
import type { OnProgress } from "./exam_source.ts";

/** Imports that wait and run. */
export interface ImportQueue {
  /** Starts the import of a dataset when it is its turn; does nothing when it is there already. */
  add(id: string): void;
  /** How far an import has come, or null when there is none. */
  progress(id: string): ImportProgress | null;
  /** Waits until an import has ended or the time is over; at once where there is none. */
  settled(id: string, seconds: number): Promise<void>;
  /** Breaks an import off, and waits until nothing of it runs. */
  breakOff(id: string): Promise<void>;
  /** Breaks all off. */
  stop(): Promise<void>;
}

interface Import {
  progress: ImportProgress;
  readonly abort: AbortController;
  readonly ended: PromiseWithResolvers<void>;
}

/**
 * Makes a queue.
 *
 * @param carryOut runs one import to its end; it never rejects
 */
export function createImportQueue(
  carryOut: (id: string, onProgress: OnProgress, signal: AbortSignal) => Promise<void>,
): ImportQueue {
  const imports = new Map<string, Import>();
  const waiting: string[] = [];
  let running = 0;

  function startNext(): void {
    while (running < IMPORTS_AT_ONCE) {
      const id = waiting.shift();
      if (id === undefined) return;
      running += 1;
      void follow(id, imports.get(id)!).finally(() => {
        running -= 1;
        startNext();
      });
    }
  }

  async function follow(id: string, one: Import): Promise<void> {
    await carryOut(id, (progress) => one.progress = progress, one.abort.signal);
    imports.delete(id);
    one.ended.resolve();
  }

  async function breakOff(id: string): Promise<void> {
    const one = imports.get(id);
    const place = waiting.indexOf(id);
    if (place >= 0) {
      waiting.splice(place, 1);
      imports.delete(id);
      one?.ended.resolve();
    }
    one?.abort.abort(new DOMException("The import was broken off", "AbortError"));
    await one?.ended.promise;
  }

  return {
    add(id): void {
      if (imports.has(id)) return;
      imports.set(id, {
        progress: { stage: "waiting", done: 0, total: 0 },
        abort: new AbortController(),
        ended: Promise.withResolvers<void>(),
      });
      waiting.push(id);
      startNext();
    },
    progress: (id) => imports.get(id)?.progress ?? null,
    async settled(id, seconds): Promise<void> {
      const one = imports.get(id);
      if (one === undefined || seconds === 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, seconds * 1000));
      await Promise.race([one.ended.promise, timeout]);
      clearTimeout(timer);
    },
    breakOff,
    async stop(): Promise<void> {
      await Promise.all([...imports.keys()].map(breakOff));
    },
  };
}
