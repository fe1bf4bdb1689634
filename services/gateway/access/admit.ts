import type { Context, MiddlewareHandler } from "hono";
import { LOCAL_CALLER, mayDo, Problem, PROBLEMS } from "../../../shared/http/mod.ts";
import type { Log, ProblemType, Role, ServiceEnv } from "../../../shared/http/mod.ts";
import type { DamagedFile } from "../../../shared/volume/mod.ts";
import type { AuditLog } from "./audit_log.ts";
import { createOpenAnswers } from "./end_with_token.ts";
import type { SlowDown } from "./slow_down.ts";
import { isFromOwnPage } from "./keep_to_site.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { findToken, refusalOf, type TokenRecord, type TokenRefusal } from "./token.ts";
import { SIGN_IN_BYTES_MAX } from "../../../shared/limits.ts";
import type { TokenStore } from "./token_store.ts";

/** Parts of access control. */
export interface Access {
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly slowDown: SlowDown;
  /** Unusable files in `access/`. */
  readonly damaged?: () => readonly DamagedFile[];
}

/**
 * Authentication challenges for programs and browsers (RFC 9110, 11.6.1). A browser gets no Basic, so that it shows the
 * sign-in page instead of a prompt.
 */
function challengeFor(c: Context<ServiceEnv>): Record<string, string> {
  const bearer = 'Bearer realm="mammoeval"';
  const isBrowser = (c.req.header("accept") ?? "").includes("text/html");
  return { "www-authenticate": isBrowser ? bearer : `${bearer}, Basic realm="mammoeval"` };
}

const REFUSALS: Readonly<Record<TokenRefusal, string>> = {
  malformed: "The token is not in mammoeval's format: check that you copied all of it",
  unknown: "Unknown token: ask for a new one",
  expired: "The token has expired: ask for a new one",
  revoked: "The token was revoked: ask for a new one",
};

/** Also used when the tokens can no longer be read. */
const LOST = "The token expired or was revoked during the request: ask for a new one";

/** Reads are not audited, except for rows or images of single exams. */
const HANDED_OUT =
  /\/(?:predictions|samples)\.csv$|\/(?:datasets|scores)\/[^/]+\/(?:exams|images)(?:\/|$)/;

/**
 * Authenticates and authorises each request, and writes the audit log. Without any tokens access is open, as for a
 * tool on one's own machine. Answers in progress are aborted when their token expires or is revoked.
 */
export function admit(access: Access, log: Log): MiddlewareHandler<ServiceEnv> {
  const open = createOpenAnswers(access.tokens);
  const sessions = createSessions();
  return async (c, next): Promise<Response | void> => {
    if (c.req.method === "POST" && c.req.path === "/sign-out") {
      sessions.end(c);
      return c.redirect("/sign-in", 303);
    }
    const needed = roleNeeded(c.req.method, c.req.path);
    // Health checks must also work when the tokens cannot be read.
    const records = needed === null ? [] : await access.tokens.all();
    if (records.length === 0 || needed === null) {
      c.set("caller", LOCAL_CALLER);
      return await next();
    }
    const audit = tolerant(access.audit, log);
    const parts = { ...access, audit, sessions };
    if (c.req.method === "POST" && c.req.path === "/sign-in") {
      return await signIn(c, records, parts);
    }
    const token = await recognise(c, needed, records, parts);
    if (!mayDo(token.role, needed)) await refuse(c, audit, token, forbidden(token, needed));
    c.set("caller", { user: token.user, role: token.role });
    const isAudited = needed !== "read" || HANDED_OUT.test(c.req.path);
    // A request that cannot be audited is refused.
    if (isAudited) await writeDown(c, access.audit, token, null, null);
    if (!await open.holds(next(), token)) await refuse(c, audit, token, unauthorized(c, LOST));
    if (isAudited) await writeDown(c, audit, token, c.res.status, null);
    replaceAnswer(c, open.watch(c.res, token));
  };
}

/** Logs instead of throwing: for refusals, which hold anyway, and for what is already done. */
function tolerant(audit: AuditLog, log: Log): AuditLog {
  return {
    append: (entry) =>
      audit.append(entry).catch((error) =>
        log.error("An entry of the audit log was lost", {
          request_id: entry.request_id,
          status: entry.status,
          error: String(error),
        })
      ),
  };
}

/** Hono copies the old answer's headers onto the new one, which already has them. */
function replaceAnswer(c: Context<ServiceEnv>, answer: Response): void {
  if (answer === c.res) return;
  c.res = undefined;
  c.res = answer;
}

/** Parts that recognise a caller. */
type Recognition = Pick<Access, "audit" | "slowDown"> & { readonly sessions: Sessions };

/** Begins a session for the token of a form, and leads on to the page that asked for it. */
async function signIn(
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

/** The token of the request's session, or null. Only pages of this site may change something in its name. */
function tokenOfSession(
  c: Context<ServiceEnv>,
  needed: Role,
  records: readonly TokenRecord[],
  sessions: Sessions,
): TokenRecord | null {
  const id = sessions.tokenOf(c);
  const token = records.find((record) => record.id === id);
  if (token === undefined || refusalOf(token, new Date()) !== null) return null;
  return needed === "read" || isFromOwnPage(c) ? token : null;
}

/** Authenticates a request, or refuses it. */
async function recognise(
  c: Context<ServiceEnv>,
  needed: Role,
  records: readonly TokenRecord[],
  parts: Recognition,
): Promise<TokenRecord> {
  const { audit, sessions } = parts;
  const credentials = readCredentials(c.req.header("authorization"));
  if (credentials.kind === "none") {
    const token = tokenOfSession(c, needed, records, sessions);
    if (token !== null) return token;
  }
  if (credentials.kind === "none") {
    return await refuse(
      c,
      audit,
      null,
      unauthorized(
        c,
        "Sign in with a token, or send Authorization: Bearer <token>; the data owner creates tokens " +
          "(deno task token create)",
      ),
    );
  }
  // A browser also sends the password with requests that other sites trigger (CSRF): from elsewhere than our own
  // pages, it allows only reading.
  if (credentials.kind === "basic" && needed !== "read" && !isFromOwnPage(c)) {
    return await refuse(
      c,
      audit,
      null,
      unauthorized(
        c,
        "Outside mammoeval's own pages, a token as a password allows only reading: send it as " +
          "Authorization: Bearer <token>",
      ),
    );
  }
  return await findOrRefuse(c, credentials.token, records, parts);
}

/** Finds the token of a text; refuses the request, with a delay, if there is no valid one. */
async function findOrRefuse(
  c: Context<ServiceEnv>,
  text: string,
  records: readonly TokenRecord[],
  { audit, slowDown }: Recognition,
): Promise<TokenRecord> {
  const found = findToken(text, records, new Date());
  if (typeof found !== "string") return found;
  const delay = slowDown.failed();
  if (delay === null) {
    const message = "Too many invalid tokens: wait a minute";
    return await refuse(c, audit, null, problem("too_many_attempts", message));
  }
  await new Promise((resolve) => setTimeout(resolve, delay));
  slowDown.answered();
  return await refuse(c, audit, null, unauthorized(c, REFUSALS[found]));
}

function unauthorized(c: Context<ServiceEnv>, detail: string): Problem {
  return problem("unauthorized", detail, challengeFor(c));
}

function forbidden({ user, role }: TokenRecord, needed: Role): Problem {
  return problem(
    "forbidden",
    `${user} has the role ${role}, but this request requires the role ${needed}: ask the data owner to do it, or for ` +
      "a token with that role",
  );
}

function problem(type: ProblemType, detail: string, headers: Record<string, string> = {}): Problem {
  return new Problem(type, detail, { headers });
}

async function refuse(
  c: Context<ServiceEnv>,
  audit: AuditLog,
  token: TokenRecord | null,
  reason: Problem,
): Promise<never> {
  await writeDown(c, audit, token, PROBLEMS[reason.type].status, reason.type);
  throw reason;
}

async function writeDown(
  c: Context<ServiceEnv>,
  audit: AuditLog,
  token: TokenRecord | null,
  status: number | null,
  refusal: string | null,
): Promise<void> {
  await audit.append({
    at: new Date().toISOString(),
    user: token?.user ?? null,
    token: token?.id ?? null,
    method: c.req.method,
    path: c.req.path,
    status,
    refusal,
    request_id: c.get("requestId"),
  });
}

/** Credentials in a request. */
type Credentials =
  | { readonly kind: "bearer"; readonly token: string }
  /** A token as the password of `Authorization: Basic`, which a browser can prompt for. */
  | { readonly kind: "basic"; readonly token: string }
  | { readonly kind: "none" };

/** Parses `Authorization` (RFC 6750, RFC 7617); the token is not verified. */
export function readCredentials(header: string | undefined): Credentials {
  const [, scheme, value] = /^\s*(\w+)\s+(\S+)\s*$/.exec(header ?? "") ?? [];
  if (scheme === undefined || value === undefined) return { kind: "none" };
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: value };
  if (scheme.toLowerCase() !== "basic") return { kind: "none" };
  const text = decodeBase64(value);
  return { kind: "basic", token: text.slice(text.indexOf(":") + 1) };
}

function decodeBase64(value: string): string {
  try {
    return atob(value);
  } catch {
    return "";
  }
}

/** Health checks come without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** What a model author may change: own evaluations, and computations on predictions. */
const SUBMIT_PATHS: readonly RegExp[] = [
  /^\/v1\/evaluations$/,
  /^\/v1\/evaluations\/[^/]+(?:\/(?!webhook)[^/]+)?$/,
  /^\/v1\/(?:scores|comparisons|ensembles|reader-studies|screening-simulations|score-analyses|paired-decisions)$/,
  /^\/v1\/scores\/[^/]+\/subgroups$/,
  /^\/(?:evaluations|scores|ensembles|reader-studies)$/,
  /^\/evaluations\/[^/]+\/cancel$/,
];

/**
 * The role that a request needs. Reads need `read`; a model author's requests need `submit`; every other change,
 * above all of data, needs `admin`, so a new route is closed by default.
 * @returns the role, or null where no token is needed
 */
export function roleNeeded(method: string, path: string): Role | null {
  const looks = method === "GET" || method === "HEAD" || path === "/sign-in";
  if (looks && OPEN_PATHS.has(path)) return null;
  if (looks) return "read";
  // Deletion is for admins: model authors would delete bad results.
  if (method === "DELETE") return "admin";
  return SUBMIT_PATHS.some((pattern) => pattern.test(path)) ? "submit" : "admin";
}
