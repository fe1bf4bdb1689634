import { TOKEN_LOOK_MS } from "../../../shared/limits.ts";
import { tapBody } from "./tap_body.ts";
import { refusalOf, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** Small, immediate answers; others may take as long as their reader likes. */
const AT_ONCE = /^(?:application\/(?:[a-z.+-]+\+)?json|text\/html)\b/i;

/** Streams without a defined length: a truncated one cannot be mistaken for a whole one. */
const ENDLESS = /^text\/(?:event-stream|plain)\b/i;

type EndNow = () => void;

/** Ends open requests and answers when their token expires or is revoked. */
export interface OpenAnswers {
  /** Returns the same answer, whose body ends (a file's body with an error) once the token is no longer valid. */
  watch(answer: Response, token: TokenRecord): Response;
  /** Waits for an answer to begin; false if the token expires or is revoked before. */
  holds(work: Promise<void>, token: TokenRecord): Promise<boolean>;
}

/** Polls the tokens while requests, streams and downloads are open. */
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

  /** Unreadable tokens close the gateway, open answers included. */
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
