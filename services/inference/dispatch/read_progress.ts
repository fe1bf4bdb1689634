import type { Progress } from "../ledger/ledger.ts";

/** Longest line that is looked at: a bar is as wide as a terminal. */
const LINE_CHARS_MAX = 4096;

/** How progress is recognised in what models print, besides bars; the first that fits counts. */
const FORMS: readonly { form: RegExp; note: (match: RegExpExecArray) => string }[] = [
  // "Stage 2: Extract Centers", "Stage 1/2: reading images": what is counted begins anew
  {
    form: /^\s*Stage \d+(?:\s*\/\s*\d+)?\s*[:.-].*$/i,
    note: (match) => match[0].trim(),
  },
  // "image 3/16", "exam 7 of 20"
  {
    form: /\b(?:image|exam|batch|step)(?:e?s)?\s+(?<done>\d+)\s*(?:\/|of)\s*(?<total>\d+)(?!\w)/i,
    note: () => "",
  },
];

/** What stands behind the bar of tqdm: " 45%|####      | 9/20 [00:03<00:04, 2.5it/s]". */
const BEHIND_BAR = /\|\s*(?<done>\d+)\/(?<total>\d+)\s*\[/g;

/** The counts of the last bar in a line. */
function readBar(line: string): { done: number; total: number } | null {
  const bar = line.search(/\d%\|/);
  if (bar < 0) return null;
  const { done, total } = [...line.slice(bar + "0%|".length).matchAll(BEHIND_BAR)].at(-1)?.groups ??
    {};
  return done === undefined ? null : { done: Number(done), total: Number(total) };
}

/**
 * Finds out from one line of a model's output how far it is.
 *
 * @param line as the model printed it
 * @param before what was known so far
 * @returns the new state, or null when the line does not tell
 */
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
