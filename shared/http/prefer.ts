/** Longest time that one request may be held open, in seconds. */
export const WAIT_S_MAX = 600;

/**
 * Reads `Prefer: wait=N` (RFC 7240).
 *
 * @param header the header's value, or undefined
 * @returns seconds to wait, 0 to {@link WAIT_S_MAX}; 0 when the header does not ask or cannot be read
 *   (RFC 7240: a preference that is not understood is ignored)
 */
export function waitPreference(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec(header ?? "");
  return match?.[1] === undefined ? 0 : Math.min(Number(match[1]), WAIT_S_MAX);
}
