/** Turns `specificity>=0.90` into `specificity ≥ 0.90`; leaves other names unchanged. */
export function operatingPointName(name: string): string {
  const at = name.indexOf(">=");
  return at < 0 ? name : `${name.slice(0, at).trimEnd()} ≥ ${name.slice(at + 2).trimStart()}`;
}
