import { dirname } from "node:path";
import { LOG_BYTES_MAX, LOG_TAIL_LINES } from "../../../shared/limits.ts";
import { makeResultFolder } from "../../../shared/volume/mod.ts";
import type { OutputLine } from "../executors/executor.ts";
import { createRecentLines, type Resumption } from "../executors/timed_lines.ts";

/** Marks the lines that mammoeval itself writes into the log of a run. */
const OWN_MARK = "[mammoeval]";
/** Begins the line that says that the model starts. */
const STARTED = " started on ";
/** How each line begins; one that a power cut has left behind may not. */
const WHOLE_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;

/** The log of one evaluation: what the build and the container wrote, and what mammoeval did. */
export interface RunLog {
  /** Keeps one line of the model. */
  line(line: OutputLine): void;
  /** Keeps one line of mammoeval's own. */
  say(text: string): void;
  /** Keeps a line of mammoeval's own that says that the model starts here: what came before was the build. */
  started(on: string): void;
  /** The last lines of the model, or of the build while it has not started; oldest first, without their times. */
  tail(): string[];
  /** Where the model's output is followed on from. */
  resume(): Resumption;
  close(): void;
}

/**
 * Opens the log of an evaluation and goes on where it ends.
 *
 * @param path of the file; its folder is made when missing
 */
export async function openRunLog(path: string): Promise<RunLog> {
  await makeResultFolder(dirname(path));
  const before = await textOf(path);
  const earlier = before.split("\n").filter((line) => WHOLE_LINE.test(line));
  const file = await Deno.open(path, { append: true, create: true });
  const encoder = new TextEncoder();
  // What a power cut has torn gets a line end, or the next line would be torn with it.
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
      // On a full volume a line is lost; the run has worse to fear, which its own checks find out.
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
