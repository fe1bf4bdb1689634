/** A size: a number and k, m, g or t; `16g`, `16GB` and `16GiB` are equal. No regex flags: JSON schema has none. */
export const SIZE_PATTERN = /^\d{1,9} ?[kmgtKMGT](?:[iI]?[bB])?$/;

const UNITS = ["", "k", "m", "g", "t"] as const;

/**
 * A size such as `16 GiB` in Docker's notation, `16g`.
 * @throws {SyntaxError} if it is no size
 */
export function dockerSize(text: string): string {
  if (!SIZE_PATTERN.test(text)) {
    throw new SyntaxError(`Cannot read size ${text}: write for example 16g`);
  }
  return text.toLowerCase().replace(/ /, "").replace(/i?b$/, "");
}

/**
 * A size such as `16 GiB` in bytes, by powers of 1024.
 * @throws {SyntaxError} if it is no size
 */
export function bytesOf(text: string): number {
  const size = dockerSize(text);
  const power = UNITS.findIndex((unit) => unit === size.at(-1));
  return Number(size.slice(0, -1)) * 1024 ** power;
}

/** Formats bytes for people, not for Docker: in the largest unit that leaves at least 1, with at most one decimal. */
export function sizeText(bytes: number): string {
  let power = 0;
  while (power < UNITS.length - 1 && bytes >= 1024 ** (power + 1)) power += 1;
  const value = bytes / 1024 ** power;
  return `${Math.round(value * 10) / 10}${UNITS[power]}`;
}
