import { EXIT } from "./command_line/mod.ts";

/** A request to end a command. */
export interface Interruption {
  /** Fires at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Exit code of the interrupted command. */
  exitCode(): number;
}

/** Signals that end a command, and their exit codes. */
const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * One Ctrl-C may arrive several times: from the terminal and from each parent process that forwards it. Signals within
 * this time, in milliseconds, count as one.
 */
export const SAME_PRESS_MS = 1000;

/** Counts key presses, ignoring duplicate signals. */
export class Presses {
  #last = -Infinity;
  #count = 0;

  /**
   * Returns the number of the press, from 1; 0 for a duplicate of the last one.
   * @param now milliseconds
   */
  press(now: number): number {
    const isEcho = now - this.#last < SAME_PRESS_MS;
    this.#last = now;
    return isEcho ? 0 : ++this.#count;
  }
}

/**
 * Handles signals: the first one requests an orderly end, the second ends the process.
 * @param leave called before the process exits
 */
export function watchForInterruption(leave: () => void): Interruption {
  const abort = new AbortController();
  const presses = new Presses();
  let exitCode: number = EXIT.interrupted;
  for (const [name, code] of Object.entries(SIGNALS)) {
    Deno.addSignalListener(name as keyof typeof SIGNALS, () => {
      const press = presses.press(performance.now());
      if (press === 1) {
        exitCode = code;
        abort.abort();
      } else if (press > 1) {
        leave();
        Deno.exit(code);
      }
    });
  }
  return { signal: abort.signal, exitCode: () => exitCode };
}
