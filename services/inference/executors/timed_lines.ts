import type { OnLine } from "./executor.ts";

/** What `docker logs --timestamps` puts before a line. */
export const TIME_STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;
/** A line of `docker logs --timestamps`: time, text. */
const TIMED_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s;

/**
 * Reads the lines of `docker logs --timestamps`.
 *
 * @param since lines up to this moment are left out; null for none
 * @param onLine takes each line with its time
 * @returns takes each line as docker prints it
 */
export function timedLines(since: string | null, onLine: OnLine): (line: string) => void {
  let last = since ?? new Date(0).toISOString();
  return (line) => {
    const match = TIMED_LINE.exec(line);
    // A line without end has lost its beginning, and the time with it.
    if (match === null) return onLine({ at: last, text: line });
    const [, at, text] = match;
    if (since !== null && at! <= since) return;
    last = at!;
    onLine({ at: last, text: text! });
  };
}
