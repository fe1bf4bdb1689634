/** What a value of an attribute may be. */
export type SvgValue = string | number | undefined;

/**
 * Writes one SVG element.
 *
 * @param name of the element
 * @param attributes in writing order; numbers are rounded to hundredths, undefined is left out
 * @param content markup that is already escaped; none closes the element in itself
 * @returns markup
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, SvgValue>>,
  content?: string,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      ` ${key}="${typeof value === "number" ? rounded(value) : escapeXml(value!)}"`
    )
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/**
 * Rounds to hundredths of a pixel, which no eye tells apart, and writes no `-0` or exponent.
 *
 * @param value in pixels, below 1e21
 * @returns decimal digits
 */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for XML content and attributes. Characters that XML 1.0 (2.2) forbids even in
 * escaped form become the replacement character.
 *
 * @param text any text
 * @returns text without markup
 */
export function escapeXml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- these are the characters to get rid of
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}
