import { EXIT } from "./command_line/mod.ts";
import { stripVTControlCharacters, styleText } from "node:util";

export interface Share {
  readonly done: number;
  /** null if unknown. */
  readonly total: number | null;
}

/** Styles a text; returns it unchanged where colours are off. */
export type Paint = (style: "bold" | "red" | "yellow" | "green", text: string) => string;

/** Output of a command: results on standard output, progress and messages on standard error. */
export interface Console {
  /** Prints a line of the result; nothing if the result is a JSON document. */
  result(line: string): void;
  /** On a terminal one line with a bar; elsewhere a line when the text changes, or at intervals. */
  progress(text: string, share?: Share): void;
  note(line: string): void;
  complaint(line: string): void;
  /** Styles parts of results. */
  readonly paint: Paint;
  /** Prints the JSON document, if that is the result. */
  document(value: unknown): void;
  /** Clears a progress line from the terminal. */
  end(): void;
}

export interface Output {
  write(text: string): void;
  /** Columns of the terminal; null if it is none. */
  columns(): number | null;
  readonly hasColour: boolean;
}

export interface ConsoleParts {
  readonly out: Output;
  readonly err: Output;
  /** Whether the result is one JSON document. */
  readonly json: boolean;
  readonly now: () => number;
}

/** Interval of progress lines without a terminal, in milliseconds. */
const PLAIN_INTERVAL_MS = 10_000;
const BAR_CELLS = 24;
/** Width of a terminal that does not report one. */
const COLUMNS_UNTOLD = 80;
const CLEAR_LINE = "\r\x1b[K";

export function createConsole({ out, err, json, now }: ConsoleParts): Console {
  let shown = "";
  let said = { text: "", at: -Infinity };
  const isTerminal = err.columns() !== null;

  function clear(): void {
    if (shown !== "") err.write(CLEAR_LINE);
    shown = "";
  }
  function permanent(output: Output, line: string): void {
    clear();
    output.write(`${line}\n`);
  }
  function progressOnTerminal(text: string, share?: Share): void {
    // A wrapped line could not be cleared.
    const line = `${text}${share === undefined ? "" : ` ${barOf(share)}`}`
      .slice(0, (err.columns() ?? Infinity) - 1);
    if (line === shown) return;
    clear();
    err.write(line);
    shown = line;
  }
  function progressInLines(text: string, share?: Share): void {
    const at = now();
    if (text === said.text && at - said.at < PLAIN_INTERVAL_MS) return;
    if (text === said.text && share === undefined) return;
    err.write(`${text}${share === undefined ? "" : ` ${countOf(share)}`}\n`);
    said = { text, at };
  }
  return {
    result(line): void {
      if (!json) permanent(out, harmless(line, out));
    },
    progress(text, share): void {
      (isTerminal ? progressOnTerminal : progressInLines)(harmless(text, err), share);
    },
    note: (line) => permanent(err, harmless(line, err)),
    complaint: (line) => permanent(err, painter(err)("red", harmless(line, err))),
    paint: painter(out),
    document: (value) => permanent(out, JSON.stringify(value, null, 2)),
    end: clear,
  };
}

/** The console of this process. Colours need a capable terminal; `NO_COLOR` (no-color.org) turns them off. */
export function openConsole(json: boolean): Console {
  // A reader such as head that closes the pipe ends the command; unread messages do not.
  const out = outputOf(Deno.stdout, () => Deno.exit(EXIT.unread));
  const err = outputOf(Deno.stderr, () => {});
  return createConsole({ out, err, json, now: () => performance.now() });
}

function outputOf(stream: typeof Deno.stdout, onUnread: () => void): Output {
  const encoder = new TextEncoder();
  const isTerminal = stream.isTerminal() && Deno.env.get("TERM") !== "dumb";
  return {
    write(text): void {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        onUnread();
      }
    },
    // A terminal without a window, such as that of script, reports 0.
    columns: () => isTerminal ? Deno.consoleSize().columns || COLUMNS_UNTOLD : null,
    hasColour: isTerminal && !Deno.env.get("NO_COLOR"),
  };
}

function painter({ hasColour }: Output): Paint {
  return (style, text) => hasColour ? styleText(style, text, { validateStream: false }) : text;
}

/** Removes control characters from foreign text, so that it cannot change the terminal; keeps our styles. */
function harmless(line: string, { hasColour }: Output): string {
  const plain = hasColour && OWN_STYLES.test(line) ? line : stripVTControlCharacters(line);
  // deno-lint-ignore no-control-regex
  return plain.replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** Lines whose only escape sequences are styles. */
// deno-lint-ignore no-control-regex
const OWN_STYLES = /^([^\x1b]|\x1b\[\d{1,2}m)*$/;

function countOf({ done, total }: Share): string {
  return total === null ? `${done}` : `${done} of ${total}`;
}

function barOf(share: Share): string {
  const { done, total } = share;
  if (total === null || total <= 0) return countOf(share);
  const full = Math.round(BAR_CELLS * Math.min(1, done / total));
  return `[${"#".repeat(full)}${".".repeat(BAR_CELLS - full)}] ${countOf(share)}`;
}
