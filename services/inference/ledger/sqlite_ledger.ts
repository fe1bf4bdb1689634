import type { DatabaseSync } from "node:sqlite";
import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import { isDiskFull, ledgerReserve } from "../../../shared/volume/mod.ts";
import { createSqliteOutbox } from "../webhooks/sqlite_outbox.ts";
import { createDiskReserve, type DiskReserve } from "../workspace/disk_reserve.ts";
import type { Evaluation, EvaluationPatch, Ledger } from "./ledger.ts";
import { inLooseTransaction, inTransaction, openAlone } from "./sqlite_database.ts";
import {
  eventsAfter,
  findEvaluation,
  findKeptAnswer,
  listEvaluations,
  queuedEvaluations,
  removeEvaluation,
  unfinishedEvaluations,
} from "./sqlite_evaluations.ts";
import { createSqliteKeptWork } from "./sqlite_kept_work.ts";
import { createSqliteUses } from "./sqlite_uses.ts";
import { canChange, isFinal } from "./state_machine.ts";
import { createWatchers } from "./watchers.ts";
import { type Change, writeChange, writeNew } from "./write_changes.ts";

/** Space for the changes of a few thousand evaluations. */
const RESERVE_BYTES = 2 * 1024 * 1024;
/** SQLite's name for a database that is in no file: there is no disk to keep free for it. */
const IN_MEMORY = ":memory:";
const NO_RESERVE: DiskReserve = { hold: () => {}, giveUp: () => false };

/**
 * Opens the ledger, alone: the lock goes with the process, however that ends.
 *
 * @param path of the database file; made when missing
 * @throws {Error} when another process has it, or it is of another version
 */
export function openSqliteLedger(path: string): Ledger {
  const database = openAlone(path);
  const reserve = path === IN_MEMORY
    ? NO_RESERVE
    : createDiskReserve(ledgerReserve(path), RESERVE_BYTES);
  reserve.hold();
  const { watch, announce } = createWatchers();

  /** What has happened must be written down, also on a full volume; what is new or mere progress waits. */
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
    add: (evaluation, kept) => ledger.addAll([evaluation], kept),
    addAll(evaluations, kept): void {
      reserve.hold();
      writeNew(database, evaluations, kept);
    },
    get: (id) => findEvaluation(database, id),
    list: (filter) => listEvaluations(database, filter),
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
    events: (id, after) => eventsAfter(database, id, after),
    watch,
    keptAnswer: (key) => findKeptAnswer(database, key),
    close(): void {
      if (database.isOpen) database.close();
    },
  };
  return ledger;
}

function removeEnded(database: DatabaseSync, id: string): boolean {
  return inTransaction(database, () => {
    const status = findEvaluation(database, id)?.status;
    return status !== undefined && isFinal(status) && removeEvaluation(database, id);
  });
}

/** To another state, where the state machine has a way. */
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

/** Within a state; what has ended stays as it is. */
function progressOf(patch: EvaluationPatch): Change {
  return {
    decide: (current) => isFinal(current.status) ? null : { ...current, ...patch },
    event: ({ status, progress }) => ({ type: "progress", data: { status, ...progress } }),
    transact: inLooseTransaction,
  };
}
