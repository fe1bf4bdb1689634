/** Longest time that a request may wait, in seconds. */
export const WAIT_S_MAX = 600;

/**
 * Parses `Prefer: wait=N` (RFC 7240) into seconds from 0 to {@link WAIT_S_MAX}. Returns 0 if it is missing or invalid:
 * RFC 7240 ignores preferences that are not understood.
 */
export function waitPreference(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec(header ?? "");
  return match?.[1] === undefined ? 0 : Math.min(Number(match[1]), WAIT_S_MAX);
}
