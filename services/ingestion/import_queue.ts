import { within } from "../../shared/async.ts";
import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import { IMPORTS_AT_ONCE, PACS_IMPORTS_AT_ONCE } from "../../shared/limits.ts";
import type { OnProgress } from "./exam_source.ts";

/** What decides when it is an import's turn. */
export interface ImportKind {
  readonly user: string;
  /** Whether it waits for another machine, which may never come to an end. */
  readonly isFromPacs: boolean;
}

/** Imports that wait and run. */
export interface ImportQueue {
  /** Starts the import of a dataset when it is its turn; does nothing when it is there already. */
  add(id: string, kind: ImportKind): void;
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
  readonly kind: ImportKind;
  progress: ImportProgress;
  isRunning: boolean;
  readonly abort: AbortController;
  readonly ended: PromiseWithResolvers<void>;
}

/**
 * Makes a queue. Imports from a PACS have turns of their own, one a user: two that never end leave turns for
 * everybody else. Of those that wait, the next is the first of the user with the fewest running.
 *
 * @param carryOut runs one import to its end; it never rejects
 */
export function createImportQueue(
  carryOut: (id: string, onProgress: OnProgress, signal: AbortSignal) => Promise<void>,
): ImportQueue {
  const imports = new Map<string, Import>();

  function startNext(): void {
    for (const isFromPacs of [false, true]) {
      for (let id = nextOf(imports, isFromPacs); id !== null; id = nextOf(imports, isFromPacs)) {
        const one = imports.get(id)!;
        one.isRunning = true;
        void follow(id, one).finally(startNext);
      }
    }
  }

  async function follow(id: string, one: Import): Promise<void> {
    await carryOut(id, (progress) => one.progress = progress, one.abort.signal);
    imports.delete(id);
    one.ended.resolve();
  }

  async function breakOff(id: string): Promise<void> {
    const one = imports.get(id);
    if (one?.isRunning === false) {
      imports.delete(id);
      one.ended.resolve();
    }
    one?.abort.abort(new DOMException("The import was cancelled", "AbortError"));
    await one?.ended.promise;
  }

  return {
    add(id, kind): void {
      if (imports.has(id)) return;
      imports.set(id, {
        kind,
        isRunning: false,
        progress: { stage: "waiting", done: 0, total: 0 },
        abort: new AbortController(),
        ended: Promise.withResolvers<void>(),
      });
      startNext();
    },
    progress: (id) => imports.get(id)?.progress ?? null,
    async settled(id, seconds): Promise<void> {
      const one = imports.get(id);
      if (one === undefined || seconds === 0) return;
      await within(one.ended.promise, seconds * 1000);
    },
    breakOff,
    async stop(): Promise<void> {
      await Promise.all([...imports.keys()].map(breakOff));
    },
  };
}

/** The import that is to start next, or null; a map keeps the order in which they came. */
function nextOf(imports: ReadonlyMap<string, Import>, isFromPacs: boolean): string | null {
  const same = [...imports].filter(([, { kind }]) => kind.isFromPacs === isFromPacs);
  const running = same.filter(([, { isRunning }]) => isRunning).map(([, { kind }]) => kind.user);
  if (running.length >= (isFromPacs ? PACS_IMPORTS_AT_ONCE : IMPORTS_AT_ONCE)) return null;
  const [first] = same
    .filter(([, { isRunning }]) => !isRunning)
    .map(([id, { kind }]) => ({ id, count: running.filter((user) => user === kind.user).length }))
    .filter(({ count }) => !isFromPacs || count === 0)
    .toSorted((a, b) => a.count - b.count);
  return first?.id ?? null;
}
