import { isFile } from "../../../shared/model_folders.ts";
import type { DatabaseSync } from "node:sqlite";
import { v7 as uuidv7 } from "uuid";
import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import { isDiskFull, ledgerReserve, MODES } from "../../../shared/volume/mod.ts";
import { createSqliteOutbox } from "./outbox.ts";
import type { Evaluation, EvaluationPatch, KeptWork, Ledger } from "./ledger.ts";
import { inLooseTransaction, inTransaction, openAlone } from "./sqlite_database.ts";
import {
  countEvaluations,
  eventsAfter,
  findEvaluation,
  findKeptAnswer,
  latestId,
  listEvaluations,
  queuedEvaluations,
  removeEvaluation,
  unfinishedEvaluations,
} from "./sqlite_evaluations.ts";
import { createSqliteUses } from "./sqlite_uses.ts";
import { canChange, isFinal } from "./state_machine.ts";
import { type Change, writeChange, writeNew, writeNotes } from "./write_changes.ts";

/** Enough for the changes of a few thousand evaluations. */
const RESERVE_BYTES = 2 * 1024 * 1024;
/** SQLite's name for an in-memory database, which needs no disk reserve. */
const IN_MEMORY = ":memory:";
const NO_RESERVE: DiskReserve = { hold: () => {}, giveUp: () => false };

/**
 * Opens or creates the ledger exclusively.
 * @throws {Error} as {@linkcode openAlone}
 */
export function openSqliteLedger(path: string): Ledger {
  const database = openAlone(path);
  const reserve = path === IN_MEMORY
    ? NO_RESERVE
    : createDiskReserve(ledgerReserve(path), RESERVE_BYTES);
  reserve.hold();
  const { watch, announce } = createWatchers();

  /** On a full volume, retries with the disk reserve: not for new evaluations or progress. */
  function withReserve<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (!isDiskFull(error) || !reserve.giveUp()) throw error;
      return write();
    }
  }

  function apply(id: string, change: Change): Evaluation | null {
    const next = writeChange(database, id, change);
    if (next !== null) announce(id);
    return next;
  }

  const ledger: Ledger = {
    newId: idsAfter(latestId(database)),
    add: (evaluation, kept) => ledger.addAll([evaluation], kept),
    addAll(evaluations, kept): void {
      reserve.hold();
      writeNew(database, evaluations, kept);
    },
    get: (id) => findEvaluation(database, id),
    list: (filter) => listEvaluations(database, filter),
    count: (filter) => countEvaluations(database, filter),
    unfinished: () => unfinishedEvaluations(database),
    queued: (device, limit) => queuedEvaluations(database, device, limit),
    remove(id): boolean {
      const removed = withReserve(() => removeEnded(database, id));
      if (removed) announce(id);
      return removed;
    },
    outbox: createSqliteOutbox(database),
    uses: createSqliteUses(database),
    work: {
      builds: createSqliteKeptWork(database, "build", withReserve),
      checks: createSqliteKeptWork(database, "check", withReserve),
    },
    change: (id, to, patch = {}) => withReserve(() => apply(id, changeOfState(to, patch))),
    update: (id, patch) => apply(id, progressOf(patch)),
    annotate(id, notes): Evaluation | null {
      const next = withReserve(() => writeNotes(database, id, notes));
      if (next !== null) announce(id);
      return next;
    },
    events: (id, after) => eventsAfter(database, id, after),
    watch,
    keptAnswer: (key) => findKeptAnswer(database, key),
    close(): void {
      if (database.isOpen) database.close();
    },
  };
  return ledger;
}

/** Ids whose time is that of the clock, or a millisecond after the id before. */
function idsAfter(latest: string | null): () => string {
  let msecs = latest === null ? 0 : parseInt(latest.replaceAll("-", "").slice(0, 12), 16);
  return () => {
    msecs = Math.max(Date.now(), msecs + 1);
    return uuidv7({ msecs });
  };
}

function removeEnded(database: DatabaseSync, id: string): boolean {
  return inTransaction(database, () => {
    const status = findEvaluation(database, id)?.status;
    return status !== undefined && isFinal(status) && removeEvaluation(database, id);
  });
}

/** A transition, if the state machine allows it. */
function changeOfState(to: EvaluationStatus, patch: EvaluationPatch): Change {
  return {
    decide: (current) =>
      canChange(current.status, to) ? { ...current, ...patch, status: to } : null,
    event: ({ status, attempt, error }) => ({
      type: "status",
      data: { status, attempt, error: error?.type ?? null },
    }),
    transact: inTransaction,
  };
}

function progressOf(patch: EvaluationPatch): Change {
  return {
    decide: (current) => isFinal(current.status) ? null : { ...current, ...patch },
    event: ({ status, progress }) => ({ type: "progress", data: { status, ...progress } }),
    transact: inLooseTransaction,
  };
}

/** Stores a model's latest build or check; `written` wraps writes so that they succeed on a full volume. */
function createSqliteKeptWork<T>(
  database: DatabaseSync,
  kind: "build" | "check",
  written: (write: () => void) => void,
): KeptWork<T> {
  return {
    get(model): T | null {
      const row = database.prepare("SELECT body FROM model_work WHERE kind = ? AND model = ?")
        .get(kind, model);
      return row === undefined ? null : JSON.parse(String(row["body"]));
    },
    put(model, state): void {
      written(() => {
        database.prepare(
          `INSERT INTO model_work (kind, model, body) VALUES (?, ?, ?)
           ON CONFLICT (kind, model) DO UPDATE SET body = excluded.body`,
        ).run(kind, model, JSON.stringify(state));
      });
    },
    all: () =>
      database.prepare("SELECT model, body FROM model_work WHERE kind = ? ORDER BY model")
        .all(kind)
        .map((row) => ({ model: String(row["model"]), state: JSON.parse(String(row["body"])) })),
  };
}

interface Watchers {
  watch(id: string, onChange: () => void): () => void;
  announce(id: string): void;
}

function createWatchers(): Watchers {
  const watchers = new Map<string, Set<() => void>>();
  return {
    watch(id, onChange): () => void {
      const set = watchers.get(id) ?? new Set();
      watchers.set(id, set.add(onChange));
      return () => {
        set.delete(onChange);
        if (set.size === 0 && watchers.get(id) === set) watchers.delete(id);
      };
    },
    announce(id): void {
      for (const onChange of [...watchers.get(id) ?? []]) onChange();
    },
  };
}

/** Disk space held in reserve for a full disk. */
interface DiskReserve {
  /** Allocates the reserve if it does not exist; does nothing on a full disk. */
  hold(): void;
  /** Frees the reserve; returns whether it existed. */
  giveUp(): boolean;
}

/** A file that takes up space, so that the end of an evaluation can be recorded on a full volume. */
export function createDiskReserve(path: string, bytes: number): DiskReserve {
  return {
    hold(): void {
      if (isFile(path)) return;
      try {
        // Random bytes: some file systems compress zeros or leave holes.
        Deno.writeFileSync(path, randomBytes(bytes), { createNew: true, mode: MODES.closedFile });
      } catch {
        removeIfThere(path);
      }
    },
    giveUp: () => removeIfThere(path),
  };
}

function removeIfThere(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const most = 65_536; // limit of one getRandomValues call
  for (let at = 0; at < count; at += most) crypto.getRandomValues(bytes.subarray(at, at + most));
  return bytes;
}
