import { setPriority } from "node:os";

/** Nice values (0 is the usual one, 19 the lowest) of what works beside the threads that answer. */
export const NICE = {
  /** Short computations that somebody waits for. */
  computes: 5,
  /** Imports and conversions, and computations that take long. */
  takesLong: 15,
  /** Models that run as programs: they get what is left. */
  runs: 19,
} as const;

/**
 * Lowers the priority of a program that has just been started. Threads inherit the priority of the one that
 * starts them, and at that time there is only the first.
 *
 * @param nice one of {@linkcode NICE}
 * @param pid of the program; 0 for the calling thread and those that it starts
 */
export function giveWay(nice: number, pid = 0): void {
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended already, or may not be changed here: it runs like any other program.
  }
}
