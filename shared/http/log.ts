import { LOG_FIELD_CHARS_MAX } from "../limits.ts";

/** Fields of a log line; no patient data, no file content. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where a service writes what happens. */
export interface Log {
  /** Something happened that an operator may want to know. */
  info(message: string, fields?: LogFields): void;
  /** Something went wrong that mammoeval could deal with. */
  warn(message: string, fields?: LogFields): void;
  /** Something went wrong that an operator must look at. */
  error(message: string, fields?: LogFields): void;
}

/**
 * A log of JSON lines: one line an event, so that no input can forge a second line.
 *
 * @param write takes one line without its end
 */
export function createJsonLog(
  service: string,
  write: (line: string) => void = writeToStderr,
): Log {
  function log(level: string): (message: string, fields?: LogFields) => void {
    return (message, fields) =>
      write(
        jsonLine({ time: new Date().toISOString(), level, service, message, ...bounded(fields) }),
      );
  }
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

/** A caller chooses the path of a request, and what an error says of it. */
function bounded(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" && value.length > LOG_FIELD_CHARS_MAX
        ? `${value.slice(0, LOG_FIELD_CHARS_MAX)}…`
        : value,
    ]),
  );
}

/** What JSON leaves as it is and a terminal or a viewer acts on: further controls, line ends, marks of direction. */
const SHOWN_WRONGLY = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Writes a value as one line of JSON that shows what it holds: nothing in it ends the line, moves a terminal's
 * cursor, turns text around or cannot be seen.
 *
 * @param value to write; reads back as it was
 * @returns the line without its end
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    SHOWN_WRONGLY,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function writeToStderr(line: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(line + "\n"));
  } catch {
    // A log file on a full disk, or a pipe that nobody reads any more, must not end the service.
  }
}

/** A log that says nothing. */
export const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };
