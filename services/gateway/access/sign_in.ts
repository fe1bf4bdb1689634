import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import { type Log, Problem, type Role, type ServiceEnv } from "../../../shared/http/mod.ts";
import { OIDC_LOGIN_S, SESSION_S, SIGN_IN_BYTES_MAX } from "../../../shared/limits.ts";
import { writeSignedInPage } from "../pages/sign_in_page.tsx";
import { SITE_HEADERS } from "../pages/site.ts";
import { isFromOwnPage } from "./keep_to_site.ts";
import { CALLBACK_PATH, type OpenIdProvider, type PendingLogin, type Person } from "./open_id.ts";
import { findOrRefuse, problem, type Recognition, refuse, refuseLater } from "./recognise.ts";
import { unauthorized, writeDown } from "./recognise.ts";
import { cookieOptions } from "./sessions.ts";
import type { TokenRecord } from "./token.ts";

/** Answers a request to sign in; null for any other request. */
type SignIn = (
  c: Context<ServiceEnv>,
  records: readonly TokenRecord[],
  parts: Recognition,
) => Promise<Response | null>;

/** Path that leads to the provider. */
const BEGIN_PATH = "/sign-in/oidc";
const COOKIE = "mammoeval_login";
/** Longest path to go to afterwards: browsers drop cookies of more than 4,096 bytes. */
const NEXT_CHARS_MAX = 1024;

/** Ways to sign in: a token, or a provider. What a browser must bring back is in a signed cookie. */
export function createSignIn(provider: OpenIdProvider | null, log: Log): SignIn {
  const secret = randomBytes(32).toString("base64url");

  async function begin(c: Context<ServiceEnv>, to: OpenIdProvider): Promise<Response> {
    const next = pathOnSite(c.req.query("next"));
    const { url, login } = await to.begin(next.length > NEXT_CHARS_MAX ? "/" : next);
    const text = JSON.stringify({ ...login, at: Date.now() });
    // The provider's page leads back here, with which browsers send no strict cookie.
    await setSignedCookie(c, COOKIE, text, secret, {
      ...{ ...cookieOptions(c), path: BEGIN_PATH, sameSite: "Lax" },
      maxAge: OIDC_LOGIN_S,
    });
    return c.redirect(url.href, 303);
  }

  /** The login that this browser began and not yet ended. */
  async function pending(c: Context<ServiceEnv>): Promise<PendingLogin | null> {
    const text = await getSignedCookie(c, secret, COOKIE);
    deleteCookie(c, COOKIE, { ...cookieOptions(c), path: BEGIN_PATH });
    if (typeof text !== "string") return null;
    const { at, ...login } = JSON.parse(text);
    return Date.now() - at > OIDC_LOGIN_S * 1000 ? null : login;
  }

  async function finish(
    c: Context<ServiceEnv>,
    from: OpenIdProvider,
    parts: Recognition,
  ): Promise<Response> {
    const login = await pending(c);
    if (login === null || c.req.query("state") !== login.state) {
      const detail = "This browser has not begun this sign-in, or too long ago: sign in again";
      return await refuseLater(c, parts, unauthorized(c, detail));
    }
    let person: Person;
    try {
      person = await from.finish(new URL(c.req.url).search, login);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn("A sign-in failed", {
        request_id: c.get("requestId"),
        error: `${error.message} (${error.cause})`,
      });
      return await refuseLater(c, parts, error);
    }
    const { user, role } = person;
    if (role === null) {
      const detail = `${user} has no role in mammoeval: ask the data owner for one`;
      return await refuse(c, parts.audit, { user, id: null }, problem("forbidden", detail));
    }
    const record = recordOf(user, role);
    await writeDown(c, parts.audit, record, 200, null);
    parts.sessions.begin(c, record);
    // A redirect would still count as the provider's, with which browsers do not send the session.
    const next = pathOnSite(login.next);
    return c.html(writeSignedInPage(user, next), 200, {
      ...SITE_HEADERS,
      refresh: `0; url=${next}`,
    });
  }

  return async (c, records, parts) => {
    const { method, path } = c.req;
    if (method === "POST" && path === "/sign-in") return await withToken(c, records, parts);
    if (provider === null || method !== "GET") return null;
    if (path === BEGIN_PATH) return await begin(c, provider);
    return path === CALLBACK_PATH ? await finish(c, provider, parts) : null;
  };
}

/** A record like that of a token, which lives as long as the session. */
function recordOf(user: string, role: Role): TokenRecord {
  const now = Date.now();
  return {
    ...{ id: `oidc-${randomBytes(6).toString("hex")}`, user, role },
    // No text has this hash: nobody can send the record's id as a token.
    secret_sha256: "",
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + SESSION_S * 1000).toISOString(),
    revoked_at: null,
  };
}

/** Begins a session for the token of a form, and leads on to the page that asked for it. */
async function withToken(
  c: Context<ServiceEnv>,
  records: readonly TokenRecord[],
  parts: Recognition,
): Promise<Response> {
  // A program has its token; a page of another site must not sign somebody in as somebody else.
  if (!isFromOwnPage(c)) {
    const detail = "Only mammoeval's own page signs in: programs send the token with each request";
    await refuse(c, parts.audit, null, problem("forbidden", detail));
  }
  if (!(Number(c.req.header("content-length") ?? NaN) <= SIGN_IN_BYTES_MAX)) {
    await refuse(c, parts.audit, null, problem("too_large", "Send the form with a token only"));
  }
  const { token: text } = await c.req.parseBody();
  const given = typeof text === "string" ? text.trim() : "";
  const token = await findOrRefuse(c, given, records, parts);
  await writeDown(c, parts.audit, token, 303, null);
  parts.sessions.begin(c, token.id);
  return c.redirect(pathOnSite(c.req.query("next")), 303);
}

/** The path and query of an address on this site; `/` for any other address. */
export function pathOnSite(given: string | undefined): string {
  const base = "http://inside";
  const url = URL.parse(given ?? "/", base);
  if (url?.origin !== base) return "/";
  // Two slashes at the beginning, which `/.//host` leaves, would name another site.
  return url.pathname.replace(/^\/+/, "/") + url.search;
}
