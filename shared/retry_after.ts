/** Longest wait accepted from `Retry-After`, in seconds: a day. */
export const RETRY_AFTER_S_MAX = 86_400;

/** The three HTTP date formats (RFC 9110, 5.6.7) begin with the day of the week; other texts are no dates. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? /;

/** Seconds of `Retry-After` (RFC 9110, 10.2.3), up to {@link RETRY_AFTER_S_MAX}; null if missing or invalid. */
export function readRetryAfter(text: string | null, now: Date): number | null {
  const trimmed = (text ?? "").trim().slice(0, 64);
  if (/^\d+$/.test(trimmed)) return Math.min(Number(trimmed), RETRY_AFTER_S_MAX);
  if (!HTTP_DATE.test(trimmed)) return null;
  const seconds = (Date.parse(trimmed) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), RETRY_AFTER_S_MAX);
}
