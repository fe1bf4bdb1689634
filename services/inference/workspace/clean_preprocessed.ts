import type { Log } from "../../../shared/http/mod.ts";
import { sizeText } from "../../../shared/size.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { type KeptFolder, preprocessedData, type PreprocessedStore } from "./preprocessed_store.ts";

export interface KeepRules {
  /** Since a run last started with them, in milliseconds. */
  readonly ageMsMax: number;
  /** Total size of all folders. */
  readonly bytesMax: number;
}

export interface CleanDependencies {
  readonly store: PreprocessedStore;
  readonly ledger: Ledger;
  readonly rules: KeepRules;
  readonly log: Log;
}

/** Interval between cleanings, in milliseconds; long, because sizes are summed file by file. */
const CLEAN_INTERVAL_MS = 3_600_000;

/** Cleans preprocessed images now and every hour; `stop` waits for the current cleaning. */
export function keepPreprocessedClean(deps: CleanDependencies): { stop(): Promise<void> } {
  let underWay = clean();
  function clean(): Promise<void> {
    return cleanPreprocessed(deps).catch((error) =>
      deps.log.warn("preprocessed images could not be cleaned up", { error: String(error) })
    );
  }
  const timer = setInterval(() => underWay = underWay.then(clean), CLEAN_INTERVAL_MS);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await underWay;
    },
  };
}

/** Removes preprocessed images over the age or size limit, except those of unfinished evaluations. */
export async function cleanPreprocessed({ store, ledger, rules, log }: CleanDependencies): Promise<
  void
> {
  const folders = await store.list();
  const inUse = new Set(ledger.unfinished().map((evaluation) => pathOf(evaluation, store)));
  for (const folder of foldersToRemove(folders, inUse, rules, Date.now())) {
    log.info("preprocessed images removed", { path: folder.path, size: sizeText(folder.bytes) });
    await store.remove(folder);
  }
}

function pathOf(evaluation: Evaluation, store: PreprocessedStore): string {
  return store.pathFor(evaluation.request, preprocessedData(evaluation));
}

/** Folders over the age limit, then the least recently used until the rest fits; not those `inUse`. */
export function foldersToRemove(
  folders: readonly KeptFolder[],
  inUse: ReadonlySet<string>,
  rules: KeepRules,
  nowMs: number,
): KeptFolder[] {
  const oldest = folders.toSorted((a, b) => a.usedMs - b.usedMs);
  let left = folders.reduce((sum, { bytes }) => sum + bytes, 0);
  return oldest.filter((folder) => {
    const goes = !inUse.has(folder.path) &&
      (nowMs - folder.usedMs > rules.ageMsMax || left > rules.bytesMax);
    if (goes) left -= folder.bytes;
    return goes;
  });
}
