/**
 * Formats the name of an operating point: `specificity>=0.90` becomes `specificity ≥ 0.90`; other
 * names stay as they are.
 */
export function operatingPointName(name: string): string {
  const at = name.indexOf(">=");
  return at < 0 ? name : `${name.slice(0, at).trimEnd()} ≥ ${name.slice(at + 2).trimStart()}`;
}
