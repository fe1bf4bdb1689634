import { TOKEN_LOOK_MS } from "../../../shared/limits.ts";
import { tapBody } from "../tap_body.ts";
import { refusalOf, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** Small answers that are there at once; all else may take as long as its reader likes. */
const AT_ONCE = /^(?:application\/(?:[a-z.+-]+\+)?json|text\/html)\b/i;

/** Ends answers that are still open when the token that they were asked with has lost its power. */
export interface OpenAnswers {
  /**
   * @param answer on its way to a caller
   * @param token that it was asked with
   * @returns the same answer, whose body fails as soon as the token is seen to be revoked or expired
   */
  watch(answer: Response, token: TokenRecord): Response;
}

/**
 * Looks at the tokens now and then while streams and downloads are open: an event stream may last for
 * days, and whoever is shut out shall not go on listening.
 *
 * @param tokens as they are now
 * @param lookMs time between two looks, in milliseconds
 */
export function createOpenAnswers(
  tokens: Pick<TokenStore, "all">,
  lookMs: number = TOKEN_LOOK_MS,
): OpenAnswers {
  const open = new Map<(reason: Error) => void, string>();
  let looking: ReturnType<typeof setInterval> | null = null;

  async function look(): Promise<void> {
    const now = new Date();
    const known = new Map((await tokens.all()).map((record) => [record.id, record]));
    for (const [breakOff, id] of [...open]) {
      const record = known.get(id);
      if (record === undefined || refusalOf(record, now) !== null) {
        breakOff(new Error("the token does not hold any more"));
      }
    }
  }

  /** Tokens that cannot be read lock the door: what is open is closed too. */
  function lookOrClose(): void {
    look().catch((error) => {
      for (const breakOff of [...open.keys()]) breakOff(error);
    });
  }

  function forget(breakOff: (reason: Error) => void): void {
    open.delete(breakOff);
    if (open.size > 0 || looking === null) return;
    clearInterval(looking);
    looking = null;
  }

  return {
    watch(answer, { id }): Response {
      if (answer.body === null || AT_ONCE.test(answer.headers.get("content-type") ?? "")) {
        return answer;
      }
      const tapped = tapBody(answer.body, () => forget(tapped.breakOff));
      open.set(tapped.breakOff, id);
      looking ??= setInterval(lookOrClose, lookMs);
      return new Response(tapped.stream, answer);
    },
  };
}
