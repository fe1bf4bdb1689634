import { within } from "../../../shared/async.ts";
import { LAST_KNOWN_KEPT_MAX } from "../../../shared/limits.ts";

/** How long one waits for an answer, and how old one may be that is given in its place; milliseconds. */
export interface Patience {
  readonly waitMs: number;
  readonly keptMs: number;
}

/**
 * Gives the last answer where a new one takes long: what is shown beside other things shall not hold those up. A
 * question that was not waited for goes on, and its answer is the next one's last.
 *
 * @param patience how long to wait, and how old the last answer may be
 * @param now milliseconds of a clock that never goes back
 * @returns asks, by a key: each has a last answer of its own
 */
export function lastKnown<T>(
  { waitMs, keptMs }: Patience,
  now: () => number = () => performance.now(),
): (key: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: T }>();

  async function remembered(key: string, asked: Promise<T>): Promise<T> {
    const answer = await asked;
    // The order of a map is that of its insertions: the first is the one that was longest not asked for.
    answers.delete(key);
    answers.set(key, { at: now(), answer });
    const [oldest] = answers.keys();
    if (answers.size > LAST_KNOWN_KEPT_MAX) answers.delete(oldest!);
    return answer;
  }

  return async (key, ask) => {
    const known = answers.get(key);
    const asked = remembered(key, ask());
    if (known === undefined || now() - known.at > keptMs) return await asked;
    // When nobody waits for it any more, its failure is nobody's; the next one will ask again.
    asked.catch(() => {});
    return await within(asked, waitMs) ?? known.answer;
  };
}
