/**
 * Normalizes an id of an exam, case, reader or patient for comparison: trimmed, Unicode NFC, whole numbers without
 * decimals. Programs write one id differently: pandas turns 7 into `7.0` if its column has gaps, and systems compose
 * accents differently.
 */
export function idKey(id: string): string {
  return id.trim().normalize("NFC").replace(/^(-?\d+)\.0+$/, "$1").replace(/^-0$/, "0");
}
