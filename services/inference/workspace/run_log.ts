import { dirname } from "node:path";
import { LOG_BYTES_MAX, LOG_TAIL_LINES } from "../../../shared/limits.ts";
import { makeResultFolder } from "../../../shared/volume/mod.ts";
import type { OutputLine } from "../engine/executor.ts";
import { createRecentLines, type Resumption } from "../executors/timed_lines.ts";

/** Prefix of the lines that mammoeval itself writes into a run's log. */
const OWN_MARK = "[mammoeval]";
const STARTED = " started on ";
/** Start of a complete line; a power cut may leave an incomplete one. */
const WHOLE_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;

/** The log of one evaluation: output of build and container, and mammoeval's own messages. */
export interface RunLog {
  line(line: OutputLine): void;
  /** Writes a line of mammoeval's own. */
  say(text: string): void;
  /** Writes a line that marks the model's start; the lines before it belong to the build. */
  started(on: string): void;
  /** The last lines of the model, or of the build before the model starts; oldest first, without times. */
  tail(): string[];
  /** Where to resume reading the model's output. */
  resume(): Resumption;
  close(): void;
}

/** Opens an evaluation's log for appending; creates a missing folder. */
export async function openRunLog(path: string): Promise<RunLog> {
  await makeResultFolder(dirname(path));
  const before = await textOf(path);
  const earlier = before.split("\n").filter((line) => WHOLE_LINE.test(line));
  const file = await Deno.open(path, { append: true, create: true });
  const encoder = new TextEncoder();
  // End a line that a power cut left incomplete, or the next line would be joined to it.
  if (before !== "" && !before.endsWith("\n")) file.writeSync(encoder.encode("\n"));
  let bytes = (await file.stat()).size;
  let dropped = 0;
  const isOwn = (line: string, text = ""): boolean =>
    line.slice(line.indexOf(" ") + 1).startsWith(`${OWN_MARK}${text}`);
  const others = earlier.filter((line) => !isOwn(line));
  const tail = earlier
    .slice(earlier.findLastIndex((line) => isOwn(line, STARTED)) + 1)
    .filter((line) => !isOwn(line))
    .slice(-LOG_TAIL_LINES)
    .map((line) => line.slice(line.indexOf(" ") + 1));
  const recent = createRecentLines();
  for (const line of others) {
    const at = line.slice(0, line.indexOf(" "));
    recent.add({ at, text: line.slice(at.length + 1) });
  }

  function append(text: string, always: boolean): void {
    const encoded = encoder.encode(text + "\n");
    if (!always && bytes + encoded.length > LOG_BYTES_MAX) {
      dropped += 1;
      return;
    }
    try {
      file.writeSync(encoded);
      bytes += encoded.length;
    } catch {
      // A full volume loses a log line; the run's own checks detect the full volume.
      dropped += 1;
    }
  }

  function say(text: string): void {
    append(`${new Date().toISOString()} ${OWN_MARK} ${text}`, true);
  }

  return {
    line({ at, text }): void {
      recent.add({ at, text });
      tail.push(text);
      if (tail.length > LOG_TAIL_LINES) tail.shift();
      append(`${at} ${text}`, false);
    },
    say,
    started(on): void {
      append(`${new Date().toISOString()} ${OWN_MARK}${STARTED}${on}`, true);
      tail.length = 0;
    },
    tail: () => [...tail],
    resume: recent.resume,
    close(): void {
      if (dropped > 0) {
        say(`${dropped} more lines were dropped: the log is limited to ${LOG_BYTES_MAX} bytes`);
      }
      file.close();
    },
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
