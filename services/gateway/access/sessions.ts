import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { ServiceEnv } from "../../../shared/http/mod.ts";
import { SESSION_S, SESSIONS_MAX } from "../../../shared/limits.ts";
import type { TokenRecord } from "./token.ts";

/** The id of a stored token, or the record of a person who signed in without one. */
type Owner = string | TokenRecord;

/** Signs browsers in: a session stands for a token, which the browser does not keep, or for a person. */
export interface Sessions {
  /** Begins a session in place of the browser's earlier one, and sends its cookie. */
  begin(c: Context<ServiceEnv>, owner: Owner): void;
  /** The owner of the request's session; null without a session, or when it has expired. */
  ownerOf(c: Context<ServiceEnv>): Owner | null;
  /** Records of all people who are signed in without a token. */
  people(): TokenRecord[];
  /** Ends the request's session, if there is one, and removes its cookie. */
  end(c: Context<ServiceEnv>): void;
}

const COOKIE = "mammoeval_session";

/** Keeps sessions in memory. Scripts cannot read the cookie, and other sites' requests do not carry it. */
export function createSessions(now: () => number = () => performance.now()): Sessions {
  const sessions = new Map<string, { readonly owner: Owner; readonly endsAt: number }>();

  return {
    begin(c, owner): void {
      sessions.delete(getCookie(c, COOKIE) ?? "");
      for (const [id, { endsAt }] of sessions) if (endsAt <= now()) sessions.delete(id);
      // A map keeps insertion order: the first session is the oldest.
      if (sessions.size >= SESSIONS_MAX) sessions.delete(sessions.keys().next().value!);
      const id = randomBytes(32).toString("base64url");
      sessions.set(id, { owner, endsAt: now() + SESSION_S * 1000 });
      setCookie(c, COOKIE, id, { ...cookieOptions(c), maxAge: SESSION_S });
    },
    ownerOf(c): Owner | null {
      const session = sessions.get(getCookie(c, COOKIE) ?? "");
      return session === undefined || session.endsAt <= now() ? null : session.owner;
    },
    people: () =>
      [...sessions.values()].flatMap(({ owner }) => typeof owner === "string" ? [] : [owner]),
    end(c): void {
      sessions.delete(getCookie(c, COOKIE) ?? "");
      deleteCookie(c, COOKIE, cookieOptions(c));
    },
  };
}

/** Options of a cookie that scripts cannot read and that other sites' requests do not carry. */
export function cookieOptions(
  c: Context<ServiceEnv>,
): NonNullable<Parameters<typeof setCookie>[3]> {
  return {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    // Over HTTPS a cookie is never sent without it; a proxy says so, since only the proxy knows.
    secure: c.req.header("x-forwarded-proto") === "https" || c.req.url.startsWith("https:"),
  };
}
