import type { Log } from "../../../shared/http/mod.ts";
import { sizeText } from "../../../shared/size.ts";
import type { Evaluation, Ledger } from "../ledger/ledger.ts";
import { type KeptFolder, preprocessedData, type PreprocessedStore } from "./preprocessed_store.ts";

/** How long preprocessed images stay. */
export interface KeepRules {
  /** Since a run last began with them, in milliseconds. */
  readonly ageMsMax: number;
  /** All together. */
  readonly bytesMax: number;
}

/** What cleaning takes. */
export interface CleanDependencies {
  readonly store: PreprocessedStore;
  readonly ledger: Ledger;
  readonly rules: KeepRules;
  readonly log: Log;
}

/** Time between two cleanings, in milliseconds: sizes are added up file by file. */
const CLEAN_INTERVAL_MS = 3_600_000;

/**
 * Cleans preprocessed images now and every hour.
 *
 * @returns ends it, after the cleaning that is under way
 */
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

/**
 * Removes preprocessed images that are too old or too many, never those of an evaluation that has not
 * ended.
 */
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

/**
 * Decides what goes: everything that is too old, then the longest unused until the rest fits.
 *
 * @param inUse paths that must stay
 * @param nowMs milliseconds since 1970
 */
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
