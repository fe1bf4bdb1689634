import { type EvaluationRecord, evaluationRequest } from "../../../shared/contracts/evaluations.ts";
import { storedEvaluation } from "../../../shared/contracts/stored.ts";
import { evaluationFiles, readRecord, StoredFileDamaged } from "../../../shared/volume/mod.ts";
import type { VolumeLayout } from "../../../shared/volume/mod.ts";
import { findResults } from "./find_results.ts";
import type { Evaluation, Ledger } from "./ledger.ts";
import { openAlone } from "./sqlite_database.ts";
import { isFinal } from "./state_machine.ts";

export interface RebuiltLedger {
  readonly evaluations: number;
  /** Folders of results that were left out, each with the reason. */
  readonly leftOut: readonly string[];
  /** New path of the old ledger; null if there was none. */
  readonly old: string | null;
}

/**
 * Rebuilds the ledger from the `evaluation.json` files of ended evaluations; everything else in it is lost. The old
 * ledger is kept beside it. The caller holds inference's lock of the volume.
 * @throws {RangeError} when the ledger is undamaged: it knows more than the files do
 */
export async function rebuildLedger(
  layout: VolumeLayout,
  openLedger: (path: string) => Ledger,
  now: Date,
): Promise<RebuiltLedger> {
  if (isWhole(layout)) {
    throw new RangeError(
      `Cannot rebuild ${layout.ledger}: it is not damaged, so nothing needs to be done`,
    );
  }
  const { evaluations, leftOut } = await readResults(layout);
  const fresh = `${layout.ledger}.rebuilt`;
  for (const ending of ["", "-wal", "-shm", ".reserve"]) await removeIfThere(fresh + ending);
  const ledger = openLedger(fresh);
  try {
    ledger.addAll(evaluations);
  } finally {
    ledger.close();
    await removeIfThere(`${fresh}.reserve`);
  }
  const old = await setAside(layout.ledger, now);
  await Deno.rename(fresh, layout.ledger);
  return { evaluations: evaluations.length, leftOut, old };
}

function isWhole({ ledger }: VolumeLayout): boolean {
  try {
    if (Deno.statSync(ledger).size === 0) return false;
    openAlone(ledger).close();
    return true;
  } catch {
    return false;
  }
}

async function readResults(
  layout: VolumeLayout,
): Promise<{ evaluations: Evaluation[]; leftOut: string[] }> {
  const evaluations: Evaluation[] = [];
  const leftOut: string[] = [];
  for (const key of findResults(layout)) {
    const { folder, record: path } = evaluationFiles(layout, key);
    try {
      const record = await readRecord(path, storedEvaluation(key.id)) as EvaluationRecord | null;
      if (record === null) leftOut.push(`${folder}: it had not ended`);
      else evaluations.push(evaluationOf(record));
    } catch (error) {
      const reason = error instanceof StoredFileDamaged ? error.reason : (error as Error).message;
      leftOut.push(`${folder}: ${reason}`);
    }
  }
  return { evaluations: evaluations.sort((a, b) => a.id < b.id ? -1 : 1), leftOut };
}

function evaluationOf(record: EvaluationRecord): Evaluation {
  const { id, user, status, progress, error, created_at, started_at, finished_at } = record;
  if (!isFinal(status)) throw new RangeError(`it was ${status} when it was written`);
  const { attempt, ...kept } = record.provenance;
  const provenance: Evaluation["provenance"] = {
    ...kept,
    ...(record.shards === undefined ? {} : { shards: record.shards }),
  };
  const gpus = Array.isArray(provenance["gpus"]) ? provenance["gpus"].map(Number) : [];
  return {
    id,
    user: user ?? "local",
    ...(record.name === undefined ? {} : { name: record.name }),
    ...(record.notes === undefined ? {} : { notes: record.notes }),
    request: evaluationRequest.parse(record.request),
    status,
    progress: { done: progress.done, total: progress.total, note: progress.note },
    error: error ?? null,
    score: record.score?.split("/").at(-1) ?? null,
    provenance,
    attempt: typeof attempt === "number" ? attempt : 1,
    gpus,
    runningSince: null,
    createdAt: created_at,
    startedAt: started_at ?? null,
    finishedAt: finished_at ?? null,
    version: 1,
  };
}

/** Renames the old ledger and its WAL, which must not be applied to the new ledger. */
async function setAside(ledger: string, now: Date): Promise<string | null> {
  const old = `${ledger}.old-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
  let isThere = false;
  for (const ending of ["", "-wal", "-shm"]) {
    isThere = await renameIfThere(ledger + ending, old + ending) || isThere;
  }
  return isThere ? old : null;
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
