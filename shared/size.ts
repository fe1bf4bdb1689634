/** Sizes as Docker spells them: a number and k, m, g or t. No flags: a JSON schema has none. */
export const SIZE_PATTERN = /^\d{1,9}[kmgtKMGT]$/;

const UNITS = ["", "k", "m", "g", "t"] as const;

/**
 * @param text a size in Docker's spelling, `16g` say
 * @returns bytes
 * @throws {SyntaxError} when it is not spelt so
 */
export function bytesOf(text: string): number {
  if (!SIZE_PATTERN.test(text)) throw new SyntaxError(`Cannot read size ${text}: write 16g, say`);
  const power = UNITS.findIndex((unit) => unit === text.at(-1)!.toLowerCase());
  return Number(text.slice(0, -1)) * 1024 ** power;
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
