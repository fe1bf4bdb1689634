import type { Progress } from "../ledger/ledger.ts";

/** Adds up the progress of a divided run: each line begins with its part. */
export function createPartsProgress(): typeof readProgress {
  const known = new Map<string, Progress>();
  return (line, before) => {
    const [start = "", part] = /^part (\d{1,6}): /.exec(line) ?? [];
    if (part === undefined) return readProgress(line, before);
    const nothing = { done: null, total: null, note: null };
    const now = readProgress(line.slice(start.length), known.get(part) ?? nothing);
    if (now === null) return null;
    known.set(part, now);
    const counted = [...known.values()].filter(({ total }) => total !== null);
    const sum = (key: "done" | "total"): number | null =>
      counted.length === 0 ? null : counted.reduce((all, one) => all + (one[key] ?? 0), 0);
    return { done: sum("done"), total: sum("total"), note: now.note };
  };
}

/** Characters of a line that are searched for progress: a bar is as wide as a terminal. */
const LINE_CHARS_MAX = 4096;

/** Forms of progress besides bars; the first match counts. */
const FORMS: readonly { form: RegExp; note: (match: RegExpExecArray) => string }[] = [
  // "Stage 2: Extract Centers", "Stage 1/2: reading images": counting restarts
  { form: /^\s*Stage \d+(?:\s*\/\s*\d+)?\s*[:.-].*$/i, note: (match) => match[0].trim() },
  // "image 3/16", "exam 7 of 20"
  {
    form: /\b(?:image|exam|batch|step)(?:e?s)?\s+(?<done>\d+)\s*(?:\/|of)\s*(?<total>\d+)(?!\w)/i,
    note: () => "",
  },
];

/** The text after tqdm's bar: " 45%|#### 9/20 [00:03<00:04, 2.5it/s]". */
const BEHIND_BAR = /\|\s*(?<done>\d+)\/(?<total>\d+)\s*\[/g;

/** The counts of the last bar in a line. */
function readBar(line: string): { done: number; total: number } | null {
  const bar = line.search(/\d%\|/);
  if (bar < 0) return null;
  const { done, total } = [...line.slice(bar + "0%|".length).matchAll(BEHIND_BAR)].at(-1)?.groups ??
    {};
  return done === undefined ? null : { done: Number(done), total: Number(total) };
}

/** Parses progress from one line of a model's output; null when the line shows none. */
export function readProgress(line: string, before: Progress): Progress | null {
  const text = line.slice(0, LINE_CHARS_MAX);
  const bar = readBar(text);
  if (bar !== null) return { ...bar, note: before.note };
  for (const { form, note } of FORMS) {
    const match = form.exec(text);
    if (match === null) continue;
    const { done, total } = match.groups ?? {};
    return {
      done: done === undefined ? null : Number(done),
      total: total === undefined ? null : Number(total),
      note: note(match).slice(0, 200) || before.note,
    };
  }
  return null;
}
