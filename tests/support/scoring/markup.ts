/**
 * Checks of markup, for tests of charts and pages.
 *
 * @module
 */

/** Void elements of HTML. */
const VOID: ReadonlySet<string> = new Set(["meta", "br", "hr", "img", "link", "input"]);

/**
 * Returns the names of unclosed elements, or the first unmatched closing tag.
 *
 * @param markup HTML or SVG, without a doctype
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
