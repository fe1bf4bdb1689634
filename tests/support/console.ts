import { type ConsoleParts, createConsole } from "../../cli/console.ts";
import type { Console } from "../../cli/console.ts";

/** A console that keeps its output. */
export interface KeptConsole {
  readonly console: Console;
  /** Texts written to standard output and standard error. */
  readonly out: string[];
  readonly err: string[];
}

/**
 * Creates a console like that of a pipe.
 *
 * @param parts overrides: columns of a terminal, colours, JSON, clock
 */
export function keepingConsole(
  parts: { columns?: number; colour?: boolean } & Partial<Pick<ConsoleParts, "json" | "now">> = {},
): KeptConsole {
  const [out, err]: [string[], string[]] = [[], []];
  const { columns, colour = false, json = false, now = () => 0 } = parts;
  const [outStream, errStream] = [out, err].map((kept) => ({
    write: (text: string): void => void kept.push(text),
    columns: () => columns ?? null,
    hasColour: colour,
  }));
  return { console: createConsole({ out: outStream!, err: errStream!, json, now }), out, err };
}
