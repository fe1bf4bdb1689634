import { TOKEN_LOOK_MS } from "../../../shared/limits.ts";
import { tapBody } from "../tap_body.ts";
import { refusalOf, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** Small answers that are there at once; all else may take as long as its reader likes. */
const AT_ONCE = /^(?:application\/(?:[a-z.+-]+\+)?json|text\/html)\b/i;

/** What goes on until somebody ends it: there is no whole that a part could be taken for. */
const ENDLESS = /^text\/(?:event-stream|plain)\b/i;

/** Ends one answer. */
type EndNow = () => void;

/** Ends requests and answers that are still open when the token that they were asked with has lost its power. */
export interface OpenAnswers {
  /**
   * @returns the same answer, whose body ends, and fails where it is a file, as soon as the token is seen to be revoked or expired
   */
  watch(answer: Response, token: TokenRecord): Response;
  /**
   * Waits for an answer to begin, which `Prefer: wait` and long computations put off for minutes.
   *
   * @param work makes the answer; rejects as it likes
   * @returns true when the work is done; false as soon as the token is seen to be revoked or expired before
   */
  holds(work: Promise<void>, token: TokenRecord): Promise<boolean>;
}

/**
 * Looks at the tokens now and then while requests, streams and downloads are open: an event stream may last for
 * days, and whoever is shut out shall not go on listening.
 *
 * @param lookMs time between two looks, in milliseconds
 */
export function createOpenAnswers(
  tokens: Pick<TokenStore, "all">,
  lookMs: number = TOKEN_LOOK_MS,
): OpenAnswers {
  const open = new Map<EndNow, string>();
  let looking: ReturnType<typeof setInterval> | null = null;

  async function look(): Promise<void> {
    const now = new Date();
    const known = new Map((await tokens.all()).map((record) => [record.id, record]));
    for (const [endNow, id] of [...open]) {
      const record = known.get(id);
      if (record === undefined || refusalOf(record, now) !== null) endNow();
    }
  }

  /** Tokens that cannot be read lock the door: what is open is closed too. */
  function lookOrClose(): void {
    look().catch(() => {
      for (const endNow of [...open.keys()]) endNow();
    });
  }

  function forget(endNow: EndNow): void {
    open.delete(endNow);
    if (open.size > 0 || looking === null) return;
    clearInterval(looking);
    looking = null;
  }

  function keep(endNow: EndNow, id: string): void {
    open.set(endNow, id);
    looking ??= setInterval(lookOrClose, lookMs);
  }

  return {
    async holds(work, { id }): Promise<boolean> {
      const lost = Promise.withResolvers<false>();
      const endNow: EndNow = () => lost.resolve(false);
      keep(endNow, id);
      try {
        return await Promise.race([work.then(() => true), lost.promise]);
      } finally {
        forget(endNow);
      }
    },
    watch(answer, { id }): Response {
      const type = answer.headers.get("content-type") ?? "";
      if (answer.body === null || AT_ONCE.test(type)) return answer;
      const tapped = tapBody(answer.body, () => forget(endNow));
      const endNow: EndNow = () =>
        tapped.breakOff(ENDLESS.test(type) ? null : new Error("the token is no longer valid"));
      keep(endNow, id);
      return new Response(tapped.stream, answer);
    },
  };
}
