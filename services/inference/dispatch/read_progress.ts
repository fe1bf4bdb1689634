import type { Progress } from "../ledger/ledger.ts";

/** How progress is recognised in what models print; the first that fits counts. */
const FORMS: readonly { form: RegExp; note: (match: RegExpExecArray) => string }[] = [
  // "Stage 2: Extract Centers", "Stage 1/2: reading images": what is counted begins anew
  {
    form: /^\s*Stage \d+(?:\s*\/\s*\d+)?\s*[:.-].*$/i,
    note: (match) => match[0].trim(),
  },
  // tqdm: " 45%|####      | 9/20 [00:03<00:04, 2.5it/s]"
  { form: /\d{1,3}%\|.*\|\s*(?<done>\d+)\/(?<total>\d+)\s*\[/, note: () => "" },
  // "image 3/16", "exam 7 of 20"
  {
    form: /\b(?:images?|exams?|batch(?:es)?|steps?)\s+(?<done>\d+)\s*(?:\/|of)\s*(?<total>\d+)\b/i,
    note: () => "",
  },
];

/**
 * Finds out from one line of a model's output how far it is.
 *
 * @param line as the model printed it
 * @param before what was known so far
 * @returns the new state, or null when the line does not tell
 */
export function readProgress(line: string, before: Progress): Progress | null {
  for (const { form, note } of FORMS) {
    const match = form.exec(line);
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
