/** Sizes: a number and k, m, g or t; `16g`, `16GB` and `16GiB` are the same. No flags: a JSON schema has none. */
export const SIZE_PATTERN = /^\d{1,9} ?[kmgtKMGT](?:[iI]?[bB])?$/;

const UNITS = ["", "k", "m", "g", "t"] as const;

/**
 * @param text a size, `16g` or `16 GiB` say
 * @returns the same as Docker spells it, `16g`
 * @throws {SyntaxError} when it is none
 */
export function dockerSize(text: string): string {
  if (!SIZE_PATTERN.test(text)) {
    throw new SyntaxError(`Cannot read size ${text}: write for example 16g`);
  }
  return text.toLowerCase().replace(/ /, "").replace(/i?b$/, "");
}

/**
 * @param text a size, `16g` or `16 GiB` say
 * @returns bytes: the units are powers of 1024, whatever they are called
 * @throws {SyntaxError} when it is none
 */
export function bytesOf(text: string): number {
  const size = dockerSize(text);
  const power = UNITS.findIndex((unit) => unit === size.at(-1));
  return Number(size.slice(0, -1)) * 1024 ** power;
}

/**
 * @param bytes at least 0
 * @returns a size in Docker's spelling, in the largest unit that leaves at least 1, with at most one
 *   decimal: for people, not for Docker
 */
export function sizeText(bytes: number): string {
  let power = 0;
  while (power < UNITS.length - 1 && bytes >= 1024 ** (power + 1)) power += 1;
  const value = bytes / 1024 ** power;
  return `${Math.round(value * 10) / 10}${UNITS[power]}`;
}
