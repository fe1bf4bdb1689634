/**
 * Checks of markup, for the tests of charts and pages.
 *
 * @module
 */

/** Elements of HTML that never close. */
const VOID: ReadonlySet<string> = new Set(["meta", "br", "hr", "img", "link", "input"]);

/**
 * @param markup HTML or SVG, without a doctype
 * @returns names of elements that are open at the end, or the first that closes and is not open
 */
export function unbalanced(markup: string): string[] {
  const open: string[] = [];
  for (const [, close, name, empty] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^<>]*?(\/?)>/g)) {
    if (close === "/") {
      if (open.pop() !== name) return [`</${name}>`];
    } else if (empty === "" && !VOID.has(name!)) open.push(name!);
  }
  return open;
}
