/** Stands for anything in an output that a document shows; alone on a line, for any number of lines. */
const ANYTHING = "…";

/**
 * Compares what a document shows with what was printed.
 *
 * @param expected as the document shows it; `…` stands for anything, also for several lines
 * @param said what was printed
 * @param language of the fence; in `json` white space does not matter
 * @returns null when they agree, otherwise where they first differ
 */
export function differenceFromOutput(
  expected: string,
  said: string,
  language: string,
): string | null {
  const tidy = (text: string): string =>
    language === "json" ? text.replaceAll(/\s/g, "") : text.replaceAll(/[ \t\r]+$/gm, "").trim();
  const [wanted, got] = [tidy(expected), tidy(said)];
  const begins = (lines: string[], end = ""): boolean =>
    new RegExp(`^${lines.map(patternOf).join("")}${end}`).test(`${got}\n`);
  const lines = wanted.split("\n");
  if (begins(lines, "$")) return null;
  const line = lines.findIndex((_, index) => !begins(lines.slice(0, index + 1)));
  const where = line < 0 ? "its end" : `line ${line + 1}: ${lines[line]}`;
  return `differs at ${where}\n--- printed was\n${got}`;
}

function patternOf(line: string): string {
  if (line === ANYTHING) return "(?:[^]*?\\n)??";
  return line.split(ANYTHING).map(escape).join("[^]*?") + "\\n";
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
