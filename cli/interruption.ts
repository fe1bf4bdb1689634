import { EXIT } from "./command_line/mod.ts";

export interface Interruption {
  /** Fires at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  exitCode(): number;
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** One Ctrl-C may arrive from several parents; signals within this time, in milliseconds, count as one. */
export const SAME_PRESS_MS = 1000;

/** Counts key presses, ignoring duplicate signals. */
export class Presses {
  #last = -Infinity;
  #count = 0;

  /** The number of the press, from 1; 0 for a duplicate of the last one. `now` in milliseconds. */
  press(now: number): number {
    const isEcho = now - this.#last < SAME_PRESS_MS;
    this.#last = now;
    return isEcho ? 0 : ++this.#count;
  }
}

/** The first signal requests an orderly end; the second calls `leave` and ends the process. */
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
