import { getPriority, setPriority } from "node:os";

/** How much nicer background work is than the service itself, which an operator may have started with any nice value. */
export const NICE = {
  /** Short computations that a user waits for. */
  computes: 5,
  /** Imports, conversions and long computations. */
  takesLong: 15,
  /** Models that run as plain processes. */
  runs: 10,
} as const;

const LOWEST = 19;

/** Lowers the priority of a process that has just started, or of the calling thread and its threads (0). */
export function giveWay(nice: number, pid = 0): void {
  try {
    setPriority(pid, Math.min(LOWEST, getPriority() + nice));
  } catch {
    // It has ended already, or we lack the permission: it keeps the normal priority.
  }
}
