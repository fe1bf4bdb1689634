import { lstatSync } from "node:fs";
import { relative } from "node:path";
import type { VolumeLayout } from "./layout.ts";
import { listQuarantine, moveToQuarantine, type Warn } from "./quarantine.ts";

/** A file of the volume that cannot be used; everything else goes on without it. */
export interface DamagedFile {
  /** Below the volume. */
  readonly path: string;
  /** What is wrong with it, and what to do. */
  readonly reason: string;
}

/** A stored file cannot be used, and nothing can go on without it; the message says what to do. */
export class StoredFileDamaged extends Error {
  /** Of the file, absolute. */
  readonly path: string;
  /** What is wrong with it. */
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

/** What helps against damage of any kind. */
export const RESTORE = "restore it from a backup, or remove it";

/** What a service has found on the volume that it cannot use. */
export interface Damage {
  /** Says of a file or folder that it cannot be used; goes into the log once as long as it stays as it is. */
  note(path: string, reason: string): void;
  /** Says that a file is well, or gone. */
  clear(path: string): void;
  /** Moves what is not understood out of the way, where {@linkcode list} names it. */
  quarantine(path: string, reason: string): Promise<void>;
  /** All that is damaged now, with what lies in quarantine. */
  list(): DamagedFile[];
}

const IN_QUARANTINE =
  "mammoeval did not recognise it and moved it here: put it back in its place, or remove it";

/**
 * Keeps what is found damaged. Nothing of it is stored: the next look finds it again.
 *
 * @param warn where each find is said once
 * @param areas folders of the volume that belong to the service, `datasets` say
 */
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

/** Takes note of damage for programs and tests that have nobody to tell. */
export function silentDamage(layout: VolumeLayout): Damage {
  return createDamage(layout, () => {}, []);
}

/** Tells one state of a file from the next; the same word where it cannot even be looked at. */
function stampOf(path: string): string | null {
  try {
    const { ino, mtimeMs, size } = lstatSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  }
}
