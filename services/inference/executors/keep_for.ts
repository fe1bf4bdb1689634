/**
 * Lets an answer stand for a while: what the outside says of itself, asked for many times a second.
 *
 * @param ms how long an answer stands, in milliseconds
 * @param run asks; a failure does not stand
 * @param now milliseconds of a clock that never goes back
 * @returns the same, asked again only when the last answer is too old
 */
export function keepFor<T>(
  ms: number,
  run: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: { readonly until: number; readonly answer: Promise<T> } | null = null;
  return () => {
    if (kept !== null && now() < kept.until) return kept.answer;
    const asked = { until: now() + ms, answer: run() };
    kept = asked;
    asked.answer.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked.answer;
  };
}
