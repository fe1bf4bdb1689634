import { lstatSync } from "node:fs";
import { relative } from "node:path";
import type { VolumeLayout } from "./layout.ts";
import { listQuarantine, moveToQuarantine, type Warn } from "./quarantine.ts";

/** An unusable file on the volume; everything else works without it. */
export interface DamagedFile {
  /** Relative to the volume. */
  readonly path: string;
  /** What is wrong, and what to do. */
  readonly reason: string;
}

/** A required stored file is unusable; the message says what to do. */
export class StoredFileDamaged extends Error {
  /** Absolute path of the file. */
  readonly path: string;
  /** What is wrong. */
  readonly reason: string;
  /** What to do. */
  readonly advice: string;

  /** Creates the error. */
  constructor(path: string, reason: string, advice: string = RESTORE, cause?: unknown) {
    super(`Cannot use ${path}: ${reason}: ${advice}`, { cause });
    this.name = "StoredFileDamaged";
    this.path = path;
    this.reason = reason;
    this.advice = advice;
  }
}

/** Advice for damage of any kind. */
export const RESTORE = "restore it from a backup, or remove it";

/** The unusable files that a service has found on the volume. */
export interface Damage {
  /** Records that a file or folder is unusable; logs it once per state of the file. */
  note(path: string, reason: string): void;
  /** Records that a file is usable or gone. */
  clear(path: string): void;
  /** Moves an unrecognised file or folder into quarantine, where {@linkcode list} shows it. */
  quarantine(path: string, reason: string): Promise<void>;
  /** Lists all unusable files, including those in quarantine. */
  list(): DamagedFile[];
}

const IN_QUARANTINE =
  "mammoeval did not recognise it and moved it here: put it back in its place, or remove it";

/** Tracks damaged files of a service's `areas` of the volume, in memory only. */
export function createDamage(layout: VolumeLayout, warn: Warn, areas: readonly string[]): Damage {
  const known = new Map<string, { readonly reason: string; readonly stamp: string | null }>();
  return {
    note(path, reason): void {
      const stamp = stampOf(path);
      const before = known.get(path);
      known.set(path, { reason, stamp });
      if (before?.reason === reason && before.stamp === stamp) return;
      warn("a file of the volume cannot be used and is ignored", { path, reason });
    },
    clear: (path) => void known.delete(path),
    quarantine: (path, reason) => moveToQuarantine(layout, path, reason, warn),
    list(): DamagedFile[] {
      for (const [path, { stamp }] of known) if (stampOf(path) !== stamp) known.delete(path);
      const damaged = [...known].map(([path, { reason }]) => ({
        path: relative(layout.home, path),
        reason,
      }));
      const moved = listQuarantine(layout, areas).map((path) => ({ path, reason: IN_QUARANTINE }));
      return [...damaged.sort((a, b) => a.path < b.path ? -1 : 1), ...moved];
    },
  };
}

/** Tracks damage without a log, for programs and tests. */
export function silentDamage(layout: VolumeLayout): Damage {
  return createDamage(layout, () => {}, []);
}

/** Identifies the current version of a file; the error code if it cannot be read. */
function stampOf(path: string): string | null {
  try {
    const { ino, mtimeMs, size } = lstatSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  }
}
