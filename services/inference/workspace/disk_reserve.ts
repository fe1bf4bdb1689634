import { MODES } from "../../../shared/volume/mod.ts";

/** Space on a disk that is kept to be given up when the disk is full. */
export interface DiskReserve {
  /** Takes the space if it is not held; does nothing where there is none to take. */
  hold(): void;
  /** @returns whether there was space to give up */
  giveUp(): boolean;
}

/**
 * A file that only takes up space. With it the end of an evaluation can be written down on a full
 * volume, and what filled it can be removed.
 *
 * @param path of the file
 * @param bytes its size
 */
export function createDiskReserve(path: string, bytes: number): DiskReserve {
  return {
    hold(): void {
      if (isThere(path)) return;
      try {
        // Zeros would do on most file systems, but not on those that compress or leave holes.
        Deno.writeFileSync(path, randomBytes(bytes), { createNew: true, mode: MODES.closedFile });
      } catch {
        removeIfThere(path);
      }
    },
    giveUp: () => removeIfThere(path),
  };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
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
  const most = 65_536; // of one call of getRandomValues
  for (let at = 0; at < count; at += most) crypto.getRandomValues(bytes.subarray(at, at + most));
  return bytes;
}
