import { trimEndOf } from "../../../shared/trim_end_of.ts";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import { LOG_LINE_CHARS_MAX } from "../../../shared/limits.ts";

/** The only place that starts programs. Arguments are an array, never a shell line. */

export interface CommandResult {
  /** Exit code; 128 + n for signal n; 127 when the program could not be started. */
  readonly exitCode: number;
  /** The last {@link OUTPUT_CHARS_MAX} characters of its output. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly aborted: boolean;
}

export interface CommandOptions {
  /** The program's whole environment; by default that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Added to the environment of this process. */
  readonly addedEnvironment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  /** Receives every line of both outputs. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Receives the current text of a line that is still being overwritten, such as a progress bar. */
  readonly onDraft?: (text: string) => void;
  /** Prefix of a line that is not part of its text and is never overwritten. */
  readonly stamp?: RegExp;
  /** Prefix of each further piece of a stamped line, which is removed (global). */
  readonly piece?: RegExp;
  /** Receives raw standard output. `stdout` then stays empty, and `onLine` gets no lines of it. */
  readonly onBytes?: (chunk: Uint8Array) => void;
  /** Written to stdin, which stays open until the program ends. Without it, stdin is empty. */
  readonly input?: string;
  /** Runs at low priority, behind this service and its callers. */
  readonly givesWay?: boolean;
  /** Kills the program (SIGKILL) when it fires. */
  readonly signal?: AbortSignal;
}

/** Characters kept of each output: enough for any message, and bounded for any log. */
const OUTPUT_CHARS_MAX = 64 * 1024;

/**
 * Runs a program to its end.
 * @throws {unknown} what a callback threw, after the program was killed
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const started = performance.now();
  const child = spawn(program, args, options);
  if (child instanceof Error) return notStarted(program, child, started);
  const abort = (): void => kill(child);
  options.signal?.addEventListener("abort", abort, { once: true });
  if (options.signal?.aborted) abort();
  const { onLine, onBytes, onDraft, stamp } = options;
  const piece = stamp === undefined ? undefined : options.piece;
  const parts = [
    onBytes === undefined
      ? collect(
        child.stdout,
        createLineSplitter((line) => onLine?.(line, "stdout"), onDraft, stamp, piece),
      )
      : pass(child.stdout, onBytes),
    collect(
      child.stderr,
      createLineSplitter((line) => onLine?.(line, "stderr"), onDraft, stamp, piece),
    ),
  ] as const;
  const ended = child.status;
  let stdout: string, stderr: string;
  try {
    if (options.input !== undefined) void feed(child, options.input);
    [stdout, stderr] = await Promise.all(parts);
  } catch (error) {
    // A callback threw. Nobody reads the output any more, so the program would block for ever.
    kill(child);
    await Promise.allSettled(parts);
    throw error;
  } finally {
    await ended;
    options.signal?.removeEventListener("abort", abort);
  }
  const status = await ended;
  return {
    exitCode: status.code,
    stdout,
    stderr,
    durationMs: performance.now() - started,
    aborted: options.signal?.aborted ?? false,
  };
}

function spawn(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Deno.ChildProcess | Error {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: options.input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(options.workingFolder === undefined ? {} : { cwd: options.workingFolder }),
      ...(options.environment === undefined
        ? { env: { ...options.addedEnvironment } }
        : { env: { ...options.environment }, clearEnv: true }),
    }).spawn();
    if (options.givesWay === true) giveWay(NICE.runs, child.pid);
    return child;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Some programs stop working when stdin closes, so stdin closes after they end. */
async function feed(child: Deno.ChildProcess, input: string): Promise<void> {
  const writer = child.stdin.getWriter();
  // A program that ends without reading has its own reason; its exit code tells it.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await child.status;
  await writer.close().catch(() => {});
}

function notStarted(program: string, error: Error, started: number): CommandResult {
  // Deno also denies a program that was missing when permissions were granted.
  const absent = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable;
  const reason = absent ? "it is not installed" : error.message;
  return {
    exitCode: 127,
    stdout: "",
    stderr: `${program} cannot be started: ${reason}`,
    durationMs: performance.now() - started,
    aborted: false,
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has already ended.
  }
}

async function pass(
  stream: ReadableStream<Uint8Array>,
  onBytes: (chunk: Uint8Array) => void,
): Promise<string> {
  for await (const chunk of stream) onBytes(chunk);
  return "";
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  splitter: LineSplitter,
): Promise<string> {
  const decoder = new TextDecoder();
  let kept = "";
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    kept = (kept + text).slice(-OUTPUT_CHARS_MAX);
    splitter.push(text);
  }
  // A last character that was cut in the middle.
  splitter.push(decoder.decode());
  splitter.end();
  return kept;
}

export interface LineSplitter {
  push(text: string): void;
  end(): void;
}

/**
 * Cuts text into lines. A carriage return means overwritten text (progress bars): only what follows counts. Long lines
 * are cut, and a line without an end is passed on in pieces, so that it does not fill memory and still shows.
 * @param onDraft receives the current text of a line that is still being overwritten
 * @param stamp prefix of each line and piece from the engine; kept at the start of a line and removed elsewhere
 * @param piece global pattern of that prefix where the pieces of a line have different ones
 */
export function createLineSplitter(
  onLine: (line: string) => void,
  onDraft: (text: string) => void = () => {},
  stamp?: RegExp,
  piece?: RegExp,
): LineSplitter {
  let rest = "";
  const stampOf = (line: string): string => stamp?.exec(line)?.[0] ?? "";
  const withoutStamps = (text: string, begun: string): string =>
    begun === "" ? text : text.replaceAll(piece ?? begun, "");
  function give(line: string): void {
    const begun = stampOf(line);
    const text = line.slice(begun.length);
    const visible = begun + printable(lastWritten(withoutStamps(text, begun)));
    onLine(
      visible.length > LOG_LINE_CHARS_MAX ? visible.slice(0, LOG_LINE_CHARS_MAX) + " …" : visible,
    );
  }
  function shorten(): void {
    const begun = stampOf(rest);
    const writtenOver = rest.lastIndexOf("\r", rest.length - 2);
    // Drop text that was overwritten.
    if (writtenOver > begun.length) rest = begun + rest.slice(writtenOver);
    else {
      give(rest);
      rest = begun;
    }
  }
  return {
    push(text): void {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) give(line);
      // The text after the last return may be half written; who parses progress accepts only whole bars.
      if (rest.includes("\r")) onDraft(printable(lastWritten(withoutStamps(rest, stampOf(rest)))));
      if (rest.length > LINE_PIECE_CHARS) shorten();
    },
    end(): void {
      if (rest !== stampOf(rest)) give(rest);
      rest = "";
    },
  };
}

/** What a terminal would show of an overwritten line. */
function lastWritten(line: string): string {
  return trimEndOf(line, "\r").split("\r").at(-1) ?? "";
}

/** A line without an end is passed on in pieces of about this many characters. */
const LINE_PIECE_CHARS = 4 * LOG_LINE_CHARS_MAX;

/** Terminal colours, cursor movements and titles (ECMA-48: CSI, OSC and similar, two-character sequences). */
const ESCAPE_SEQUENCES =
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g;
/** Other characters that a terminal acts on or that reorder text: all controls but tab, and bidi marks. */
// deno-lint-ignore no-control-regex -- as above
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Makes an untrusted line safe to show: removes escape sequences; other controls become U+FFFD. */
export function printable(line: string): string {
  return line.replace(ESCAPE_SEQUENCES, "").replace(CONTROLS, "\ufffd");
}
