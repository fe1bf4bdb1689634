/** Colours, movements and titles of a terminal (ECMA-48: CSI, OSC and the like, and two-character ones). */
const ESCAPE_SEQUENCES =
  // deno-lint-ignore no-control-regex -- control characters are exactly what is looked for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g;
/** What else a terminal acts on, or what turns text around: all controls but the tab, and bidi marks. */
// deno-lint-ignore no-control-regex -- as above
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes a line that a stranger's program has printed safe to show: what would colour, move, retitle or
 * overwrite in a terminal goes, and other control characters become U+FFFD.
 *
 * @param line without line end
 * @returns the line as text
 */
export function printable(line: string): string {
  return line.replace(ESCAPE_SEQUENCES, "").replace(CONTROLS, "\ufffd");
}
