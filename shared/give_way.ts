import { setPriority } from "node:os";

/** Nice values (0 is normal, 19 the lowest priority) of background work. */
export const NICE = {
  /** Short computations that a user waits for. */
  computes: 5,
  /** Imports, conversions and long computations. */
  takesLong: 15,
  /** Models that run as plain processes. */
  runs: 19,
} as const;

/**
 * Lowers the priority of a process that has just started. Threads inherit it from the thread that starts them, and at
 * that time only the main thread exists.
 *
 * @param nice one of {@linkcode NICE}
 * @param pid 0 for the calling thread and threads that it starts
 */
export function giveWay(nice: number, pid = 0): void {
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended already, or we lack the permission: it keeps the normal priority.
  }
}
