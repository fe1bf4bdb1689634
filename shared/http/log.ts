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
 * @param service name that every line carries
 * @param write takes one line without its end
 */
export function createJsonLog(
  service: string,
  write: (line: string) => void = writeToStderr,
): Log {
  function log(level: string): (message: string, fields?: LogFields) => void {
    return (message, fields) =>
      write(JSON.stringify({ time: new Date().toISOString(), level, service, message, ...fields }));
  }
  return { info: log("info"), warn: log("warn"), error: log("error") };
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
