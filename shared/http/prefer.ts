/** Longest time that a request may wait, in seconds. */
export const WAIT_S_MAX = 600;

/** Seconds of `Prefer: wait=N` (RFC 7240) up to {@link WAIT_S_MAX}; 0 if missing or invalid. */
export function waitPreference(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec(header ?? "");
  return match?.[1] === undefined ? 0 : Math.min(Number(match[1]), WAIT_S_MAX);
}
