import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { ServiceEnv } from "../../../shared/http/mod.ts";
import { SESSION_S, SESSIONS_MAX } from "../../../shared/limits.ts";

/** Signs browsers in: a session stands for a token, which the browser does not keep. */
export interface Sessions {
  /** Begins a session of a token, and sends its cookie. */
  begin(c: Context<ServiceEnv>, token: string): void;
  /** The id of the token of the request's session; null without a session, or when it has expired. */
  tokenOf(c: Context<ServiceEnv>): string | null;
  /** Ends the request's session, if there is one, and removes its cookie. */
  end(c: Context<ServiceEnv>): void;
}

const COOKIE = "mammoeval_session";

/**
 * Keeps sessions in memory, so that a restart ends them. The cookie is a random name of a session: scripts cannot
 * read it, and browsers do not send it with requests that other sites cause.
 * @param now clock, in milliseconds
 */
export function createSessions(now: () => number = () => performance.now()): Sessions {
  const sessions = new Map<string, { readonly token: string; readonly endsAt: number }>();

  /** Over HTTPS the cookie is never sent without it; a proxy says so, since only the proxy knows. */
  const optionsOf = (c: Context<ServiceEnv>): NonNullable<Parameters<typeof setCookie>[3]> => ({
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    secure: c.req.header("x-forwarded-proto") === "https" || c.req.url.startsWith("https:"),
  });

  return {
    begin(c, token): void {
      for (const [id, { endsAt }] of sessions) if (endsAt <= now()) sessions.delete(id);
      // A map keeps insertion order: the first session is the oldest.
      if (sessions.size >= SESSIONS_MAX) sessions.delete(sessions.keys().next().value!);
      const id = randomBytes(32).toString("base64url");
      sessions.set(id, { token, endsAt: now() + SESSION_S * 1000 });
      setCookie(c, COOKIE, id, { ...optionsOf(c), maxAge: SESSION_S });
    },
    tokenOf(c): string | null {
      const session = sessions.get(getCookie(c, COOKIE) ?? "");
      return session === undefined || session.endsAt <= now() ? null : session.token;
    },
    end(c): void {
      sessions.delete(getCookie(c, COOKIE) ?? "");
      deleteCookie(c, COOKIE, optionsOf(c));
    },
  };
}
