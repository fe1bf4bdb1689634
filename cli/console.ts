import { EXIT } from "./command_line/mod.ts";
import { stripVTControlCharacters, styleText } from "node:util";

/** How far something is. */
export interface Share {
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
}

/** Makes a text coloured, or leaves it where nobody sees colours. */
export type Paint = (style: "bold" | "red" | "yellow" | "green", text: string) => string;

/** Where a command writes: results on standard output, what goes on beside it on standard error. */
export interface Console {
  /** A line of the result; nothing where the result is a JSON document. */
  result(line: string): void;
  /**
   * What goes on now: one line that changes, with a bar, on a terminal; elsewhere a line when the
   * text changes, and every so often when only the share does.
   */
  progress(text: string, share?: Share): void;
  /** A line that stays, of what is good to know. */
  note(line: string): void;
  /** A line that says what is wrong. */
  complaint(line: string): void;
  /** For parts of results. */
  readonly paint: Paint;
  /** The JSON document, where that is what the result is. */
  document(value: unknown): void;
  /** Takes a progress line that still stands off the terminal. */
  end(): void;
}

/** A stream as a console needs it. */
export interface Output {
  write(text: string): void;
  /** Columns of the terminal; null where there is none. */
  columns(): number | null;
  readonly hasColour: boolean;
}

/** What a console is made of. */
export interface ConsoleParts {
  readonly out: Output;
  readonly err: Output;
  /** Whether the result is one JSON document. */
  readonly json: boolean;
  /** Milliseconds, for "every so often". */
  readonly now: () => number;
}

/** How often a line tells of progress where there is no terminal, in milliseconds. */
const PLAIN_INTERVAL_MS = 10_000;
/** Cells of a progress bar. */
const BAR_CELLS = 24;
/** Columns of a terminal that does not tell. */
const COLUMNS_UNTOLD = 80;
const CLEAR_LINE = "\r\x1b[K";

/** Makes the console that commands write to. */
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
    // A line that is wrapped could not be taken off again.
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

/**
 * The console of this process. Colours and a changing line are for people: there are none in a pipe,
 * on a terminal that cannot show them, and where `NO_COLOR` is set (no-color.org: to anything).
 *
 * @param json whether the result is one JSON document
 */
export function openConsole(json: boolean): Console {
  // Who has read enough, as head has, wants no more of the result; what goes on beside it may go unread.
  const out = outputOf(Deno.stdout, () => Deno.exit(EXIT.unread));
  const err = outputOf(Deno.stderr, () => {});
  return createConsole({ out, err, json, now: () => performance.now() });
}

/** Writes to a stream; what is to be done when nobody reads it any more. */
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
    // A terminal without a window, that of script say, tells 0.
    columns: () => isTerminal ? Deno.consoleSize().columns || COLUMNS_UNTOLD : null,
    hasColour: isTerminal && !Deno.env.get("NO_COLOR"),
  };
}

function painter({ hasColour }: Output): Paint {
  return (style, text) => hasColour ? styleText(style, text, { validateStream: false }) : text;
}

/**
 * What a container printed may be on its way to a terminal: it must not move the cursor, nor change
 * colours or titles there. Our own colours stay.
 */
function harmless(line: string, { hasColour }: Output): string {
  const plain = hasColour && OWN_STYLES.test(line) ? line : stripVTControlCharacters(line);
  // deno-lint-ignore no-control-regex
  return plain.replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** A line whose only escape sequences are styles. */
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
