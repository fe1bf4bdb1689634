import type { OnLine, OutputLine } from "./executor.ts";

/** What `docker logs --timestamps` puts before a line. */
export const TIME_STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;
/** A line of `docker logs --timestamps`: time, text. */
const TIMED_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s;
/** A line of one output may come this much after a later line of the other output, in milliseconds. */
const OVERTAKEN_MS_MAX = 10_000;
const RECENT_LINES_MAX = 1000;

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

/** Where a log is read on from. */
export interface Resumption {
  /** Lines up to this moment are known; null where none is. */
  readonly since: string | null;
  isNew(line: OutputLine): boolean;
}

/** The last lines that were read of a log. */
export interface RecentLines {
  add(line: OutputLine): void;
  resume(): Resumption;
}

/**
 * Remembers what was read of a log whose reading may break off. Standard output and standard error come through
 * pipes of their own, so that the line that was read last need not be the latest: the next reading begins some
 * seconds earlier and leaves out what is known.
 */
export function createRecentLines(): RecentLines {
  const recent: OutputLine[] = [];
  let latest = "";
  let forgotten = "";
  return {
    add(line): void {
      recent.push(line);
      if (line.at > latest) latest = line.at;
      if (recent.length <= RECENT_LINES_MAX) return;
      const { at } = recent.shift()!;
      if (at > forgotten) forgotten = at;
    },
    resume(): Resumption {
      if (latest === "") return { since: null, isNew: () => true };
      const early = new Date(Date.parse(latest) - OVERTAKEN_MS_MAX).toISOString();
      const known = new Set(recent.map(({ at, text }) => `${at} ${text}`));
      return {
        since: early > forgotten ? early : forgotten,
        isNew: ({ at, text }) => !known.has(`${at} ${text}`),
      };
    },
  };
}
