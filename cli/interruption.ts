import { EXIT } from "./command_line/mod.ts";

/** Somebody wants a command to end. */
export interface Interruption {
  /** Fires at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** How the command ends then. */
  exitCode(): number;
}

/** Signals that end a command, and how it ends then. */
const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * One Ctrl-C reaches a command several times: from the terminal, and from each program above it that
 * passes it on. What comes within this time, in milliseconds, is the same one.
 */
export const SAME_PRESS_MS = 1000;

/** Tells one press from the next. */
export class Presses {
  #last = -Infinity;
  #count = 0;

  /**
   * @param now milliseconds
   * @returns which press this signal belongs to, from 1; 0 for an echo of the last one
   */
  press(now: number): number {
    const isEcho = now - this.#last < SAME_PRESS_MS;
    this.#last = now;
    return isEcho ? 0 : ++this.#count;
  }
}

/**
 * Lets the first signal be answered in order, and the second end the process.
 *
 * @param leave what is said before the process ends at once
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
