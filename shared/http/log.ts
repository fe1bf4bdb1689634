import { LOG_FIELD_CHARS_MAX } from "../limits.ts";

/** Fields of a log line; never patient data or file content. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  /** An event that an operator may want to know. */
  info(message: string, fields?: LogFields): void;
  /** A failure that mammoeval handled. */
  warn(message: string, fields?: LogFields): void;
  /** A failure that an operator must look at. */
  error(message: string, fields?: LogFields): void;
}

/** Creates a log of JSON lines, so that no input can forge a second line; `write` adds the newline. */
export function createJsonLog(service: string, write: (line: string) => void = writeToStderr): Log {
  function log(level: string): (message: string, fields?: LogFields) => void {
    return (message, fields) =>
      write(
        jsonLine({ time: new Date().toISOString(), level, service, message, ...bounded(fields) }),
      );
  }
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

/** Truncates long fields: callers choose request paths and can influence error messages. */
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

/** Characters that JSON leaves unescaped but terminals or viewers act on. */
const SHOWN_WRONGLY = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A value as one line of JSON, with every character escaped that could end, reverse or hide it. */
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
    // A log file on a full disk or a closed pipe must not stop the service.
  }
}

/** A log that discards everything. */
export const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };
