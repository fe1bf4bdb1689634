import type { OnLine, OutputLine } from "../engine/executor.ts";

/** Prefix of each line of `docker logs --timestamps`. */
export const TIME_STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;
/** A line of `docker logs --timestamps`: time, text. */
const TIMED_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/s;
/** How late a line of one stream may come after a newer line of the other, in milliseconds. */
const OVERTAKEN_MS_MAX = 10_000;
const RECENT_LINES_MAX = 1000;

/** Parses lines of `docker logs --timestamps` after `since`; null for all. */
export function timedLines(since: string | null, onLine: OnLine): (line: string) => void {
  let last = since ?? new Date(0).toISOString();
  return (line) => {
    const match = TIMED_LINE.exec(line);
    // A piece of a line without an end has no time of its own.
    if (match === null) return onLine({ at: last, text: line });
    const [, at, text] = match;
    if (since !== null && at! <= since) return;
    last = at!;
    onLine({ at: last, text: text! });
  };
}

/** Where to resume reading a log. */
export interface Resumption {
  /** Lines up to this time are known; null if none is. */
  readonly since: string | null;
  isNew(line: OutputLine): boolean;
}

/** The most recently read lines of a log. */
export interface RecentLines {
  add(line: OutputLine): void;
  resume(): Resumption;
}

/** What was read of a log: two pipes mix, so the next read starts earlier and skips known lines. */
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
