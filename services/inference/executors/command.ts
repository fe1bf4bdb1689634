import { trimEndOf } from "../../../shared/trim_end_of.ts";
import { giveWay, NICE } from "../../../shared/give_way.ts";
import { LOG_LINE_CHARS_MAX } from "../../../shared/limits.ts";

/**
 * The one place that starts programs. Arguments are an array, never a shell line.
 *
 * @module
 */

/** How a program ended. */
export interface CommandResult {
  /** Exit code; 128 + n for signal n; 127 when the program could not be started. */
  readonly exitCode: number;
  /** Last part of what it wrote, bounded. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly aborted: boolean;
}

/** How a program shall run. */
export interface CommandOptions {
  /** The whole environment when given; otherwise that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  /** Takes every line of both outputs as it comes. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Takes what stands in a line that is still being written over: a progress bar. */
  readonly onDraft?: (text: string) => void;
  /** What a line begins with and what is no part of its text: it is never written over. */
  readonly stamp?: RegExp;
  /** Takes its standard output as it is, piece by piece; nothing of it is kept then, and no line told. */
  readonly onBytes?: (chunk: Uint8Array) => void;
  /** Written to its stdin, which then stays open until it ends; nothing to read without it. */
  readonly input?: string;
  /** Gives way to whatever else wants a processor: this service and its callers. */
  readonly givesWay?: boolean;
  /** Kills the program (SIGKILL) when it fires. */
  readonly signal?: AbortSignal;
}

/** Characters of each output that a result keeps: enough for any message, little enough for any log. */
const OUTPUT_CHARS_MAX = 64 * 1024;

/**
 * Runs a program to its end.
 *
 * @param program name or absolute path
 * @param options environment, folder, line callback, abort signal
 * @returns how it ended; never throws for what the program does
 * @throws {unknown} what a callback has thrown, once the program has been ended
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
  const parts = [
    onBytes === undefined
      ? collect(
        child.stdout,
        createLineSplitter((line) => onLine?.(line, "stdout"), onDraft, stamp),
      )
      : pass(child.stdout, onBytes),
    collect(child.stderr, createLineSplitter((line) => onLine?.(line, "stderr"), onDraft, stamp)),
  ] as const;
  const ended = child.status;
  let stdout: string, stderr: string;
  try {
    if (options.input !== undefined) void feed(child, options.input);
    [stdout, stderr] = await Promise.all(parts);
  } catch (error) {
    // Whoever takes the output has thrown: a program that nobody reads would wait for ever.
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
        ? {}
        : { env: { ...options.environment }, clearEnv: true }),
    }).spawn();
    if (options.givesWay === true) giveWay(NICE.runs, child.pid);
    return child;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Some programs take the end of their input for the end of their work: it comes after theirs. */
async function feed(child: Deno.ChildProcess, input: string): Promise<void> {
  const writer = child.stdin.getWriter();
  // One that ends without reading has its own reason, which its exit code tells.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await child.status;
  await writer.close().catch(() => {});
}

function notStarted(program: string, error: Error, started: number): CommandResult {
  // A program that was not there when permissions were given out may not be run either.
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
    // It has ended by itself in between.
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
  splitter.end();
  return kept;
}

/** Cuts text into lines. */
export interface LineSplitter {
  push(text: string): void;
  /** Gives out what is left without a line end. */
  end(): void;
}

/**
 * Makes a splitter. A carriage return inside a line means that the line was written over (progress
 * bars): only what stands at the end counts. Over-long lines are cut; one that never ends comes in
 * pieces, so that it is neither kept in memory nor kept quiet.
 *
 * @param onLine takes each line without its end
 * @param onDraft takes what stands last in a line that is still being written over
 * @param stamp what the engine puts before each line, and before each piece of a long one; it stays at the
 *   beginning of every line that is given out, and is taken out of its midst
 */
export function createLineSplitter(
  onLine: (line: string) => void,
  onDraft: (text: string) => void = () => {},
  stamp?: RegExp,
): LineSplitter {
  let rest = "";
  const stampOf = (line: string): string => stamp?.exec(line)?.[0] ?? "";
  function give(line: string): void {
    const begun = stampOf(line);
    const text = line.slice(begun.length);
    const visible = begun +
      printable(lastWritten(begun === "" ? text : text.replaceAll(begun, "")));
    onLine(
      visible.length > LOG_LINE_CHARS_MAX ? visible.slice(0, LOG_LINE_CHARS_MAX) + " …" : visible,
    );
  }
  function shorten(): void {
    const begun = stampOf(rest);
    const writtenOver = rest.lastIndexOf("\r", rest.length - 2);
    // What was written over does not come back.
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
      // What follows the last return may be half written: whoever looks for progress knows whole bars.
      if (rest.includes("\r")) onDraft(printable(lastWritten(rest)));
      if (rest.length > LINE_PIECE_CHARS) shorten();
    },
    end(): void {
      if (rest !== stampOf(rest)) give(rest);
      rest = "";
    },
  };
}

/** What a terminal would show of a line that was written over. */
function lastWritten(line: string): string {
  return trimEndOf(line, "\r").split("\r").at(-1) ?? "";
}

/** A line without end is given out in pieces of about this many characters. */
const LINE_PIECE_CHARS = 4 * LOG_LINE_CHARS_MAX;

/** Colours, movements and titles of a terminal (ECMA-48: CSI, OSC and the like, and two-character ones). */
const ESCAPE_SEQUENCES =
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g;
/** What else a terminal acts on, or what turns text around: all controls but the tab, and bidi marks. */
// deno-lint-ignore no-control-regex -- as above
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes a line that a stranger's program has printed safe to show: what would colour, move, retitle or
 * overwrite in a terminal goes, and other control characters become U+FFFD.
 */
export function printable(line: string): string {
  return line.replace(ESCAPE_SEQUENCES, "").replace(CONTROLS, "\ufffd");
}
