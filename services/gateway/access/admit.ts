import type { Context, MiddlewareHandler } from "hono";
import { LOCAL_CALLER, mayDo, OPEN_PATHS, type Problem } from "../../../shared/http/mod.ts";
import type { Log, Role, ServiceEnv } from "../../../shared/http/mod.ts";
import type { DamagedFile } from "../../../shared/volume/mod.ts";
import type { AuditLog } from "./audit_log.ts";
import { createOpenAnswers } from "./end_with_token.ts";
import type { OpenIdProvider } from "./open_id.ts";
import { problem, recognise, refuse, unauthorized, writeDown } from "./recognise.ts";
import { createSessions } from "./sessions.ts";
import { createSignIn } from "./sign_in.ts";
import type { SlowDown } from "./slow_down.ts";
import type { TokenRecord } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

export interface Access {
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly slowDown: SlowDown;
  /** Where people sign in without a token; null or absent for nowhere. */
  readonly provider?: OpenIdProvider | null;
  /** Unusable files in `access/`. */
  readonly damaged?: () => readonly DamagedFile[];
}

/** Also used when the tokens can no longer be read. */
const LOST = "The token expired or was revoked during the request: ask for a new one";

/** Whether everybody who can reach the gateway may do everything: there is no token, and no other way to sign in. */
export async function isOpen({ tokens, provider }: Access): Promise<boolean> {
  return !provider && (await tokens.all()).length === 0;
}

/** Reads are not audited, except for rows or images of single exams. */
const HANDED_OUT =
  /\/(?:predictions|samples)\.csv$|\/(?:datasets|scores)\/[^/]+\/(?:exams|images)(?:\/|$)/;

/** Authenticates, authorises and audits each request. Answers end when their token expires or is revoked. */
export function admit(access: Access, log: Log): MiddlewareHandler<ServiceEnv> {
  const sessions = createSessions();
  const signIn = createSignIn(access.provider ?? null, log);
  const open = createOpenAnswers({
    all: async () => [...await access.tokens.all(), ...sessions.people()],
  });
  return async (c, next): Promise<Response | void> => {
    if (c.req.method === "POST" && c.req.path === "/sign-out") {
      sessions.end(c);
      return c.redirect("/sign-in", 303);
    }
    const needed = roleNeeded(c.req.method, c.req.path);
    // Health checks must also work when the tokens cannot be read.
    const records = needed === null ? [] : await access.tokens.all();
    if (needed === null || records.length === 0 && await isOpen(access)) {
      c.set("caller", LOCAL_CALLER);
      return await next();
    }
    const audit = tolerant(access.audit, log);
    const parts = { ...access, audit, sessions };
    const signedIn = await signIn(c, records, parts);
    if (signedIn !== null) return signedIn;
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

function forbidden({ user, role }: TokenRecord, needed: Role): Problem {
  return problem(
    "forbidden",
    `${user} has the role ${role}, but this request requires the role ${needed}: ask the data owner to do it, or for ` +
      "a token with that role",
  );
}

/** What a model author may change: own evaluations, and computations on predictions. */
const SUBMIT_PATHS: readonly RegExp[] = [
  /^\/v1\/evaluations$/,
  /^\/v1\/evaluations\/[^/]+(?:\/(?!webhook)[^/]+)?$/,
  /^\/v1\/(?:scores|comparisons|ensembles|reader-studies|screening-simulations|score-analyses|paired-decisions)$/,
  /^\/v1\/scores\/[^/]+\/(?:subgroups|rescore)$/,
  /^\/(?:evaluations|scores|ensembles|reader-studies)$/,
  /^\/evaluations\/[^/]+\/(?:cancel|notes)$/,
  /^\/scores\/[^/]+\/rescore$/,
];

/** The role that a request needs; null where no token is. A new route that changes something needs `admin`. */
export function roleNeeded(method: string, path: string): Role | null {
  const looks = method === "GET" || method === "HEAD" || path === "/sign-in";
  if (looks && OPEN_PATHS.has(path)) return null;
  if (looks) return "read";
  // Deletion is for admins: model authors would delete bad results.
  if (method === "DELETE") return "admin";
  return SUBMIT_PATHS.some((pattern) => pattern.test(path)) ? "submit" : "admin";
}
