import { within } from "../../shared/async.ts";
import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import { IMPORTS_AT_ONCE, PACS_IMPORTS_AT_ONCE } from "../../shared/limits.ts";
import type { OnProgress } from "./exam_source.ts";

/** Properties that decide the order of imports. */
export interface ImportKind {
  readonly user: string;
  /** Whether it waits for another machine, possibly forever. */
  readonly isFromPacs: boolean;
}

export interface ImportQueue {
  /** Queues the import of a dataset; does nothing when it is already queued. */
  add(id: string, kind: ImportKind): void;
  progress(id: string): ImportProgress | null;
  /** Waits until an import has ended or the time is up; returns at once when there is none. */
  settled(id: string, seconds: number): Promise<void>;
  breakOff(id: string): Promise<void>;
  stop(): Promise<void>;
}

interface Import {
  readonly kind: ImportKind;
  progress: ImportProgress;
  isRunning: boolean;
  readonly abort: AbortController;
  readonly ended: PromiseWithResolvers<void>;
}

/** Creates a queue. PACS imports have slots of their own, one per user; users with few running imports come first. */
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

/** Returns the import to start next, or null; the map keeps insertion order. */
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
