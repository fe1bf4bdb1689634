/**
 * Writes the name of an operating point for people.
 *
 * @param name as in a report, `specificity>=0.90` say
 * @returns `specificity ≥ 0.90`; a name of another kind as it is
 */
export function operatingPointName(name: string): string {
  const at = name.indexOf(">=");
  return at < 0 ? name : `${name.slice(0, at).trimEnd()} ≥ ${name.slice(at + 2).trimStart()}`;
}
