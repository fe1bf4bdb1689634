import type { Context, MiddlewareHandler } from "hono";
import {
  LOCAL_CALLER,
  type Log,
  mayDo,
  Problem,
  PROBLEMS,
  type ProblemType,
  type Role,
  type ServiceEnv,
} from "../../../shared/http/mod.ts";
import type { DamagedFile } from "../../../shared/volume/mod.ts";
import type { AuditLog } from "./audit_log.ts";
import { createOpenAnswers } from "./end_with_token.ts";
import type { SlowDown } from "./slow_down.ts";
import { isFromOwnPage } from "../keep_to_site.ts";
import { findToken, type TokenRecord, type TokenRefusal } from "./token.ts";
import type { TokenStore } from "./token_store.ts";

/** What the door is made of. */
export interface Access {
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly slowDown: SlowDown;
  /** Files of `access/` that cannot be used. */
  readonly damaged?: () => readonly DamagedFile[];
}

/**
 * Tells programs and browsers how to say who they are (RFC 9110, 11.6.1). Chromium takes a line with
 * two challenges for one that it does not know, and asks nobody: a browser gets the one it can answer.
 */
function challengeFor(c: Context<ServiceEnv>): Record<string, string> {
  const basic = 'Basic realm="mammoeval"';
  const isBrowser = (c.req.header("accept") ?? "").includes("text/html");
  return { "www-authenticate": isBrowser ? basic : `Bearer realm="mammoeval", ${basic}` };
}

const REFUSALS: Readonly<Record<TokenRefusal, string>> = {
  malformed: "The token is not in mammoeval's format: check that you copied all of it",
  unknown: "Unknown token: ask for a new one",
  expired: "The token has expired: ask for a new one",
  revoked: "The token was revoked: ask for a new one",
};

/** Whether the tokens say so, or cannot be read any more. */
const LOST = "The token expired or was revoked during the request: ask for a new one";

/** Reading is not written down, unless rows or images of single exams are handed out. */
const HANDED_OUT =
  /\/(?:predictions|samples)\.csv$|\/(?:datasets|scores)\/[^/]+\/(?:exams|images)(?:\/|$)/;

/**
 * The door: who asks, whether they may, and a line in the audit log. While there is no token at all
 * it stands open, as for a tool on one's own machine. What is still on its way when a token loses its power
 * is broken off.
 */
export function admit(access: Access, log: Log): MiddlewareHandler<ServiceEnv> {
  const open = createOpenAnswers(access.tokens);
  return async (c, next): Promise<void> => {
    const needed = roleNeeded(c.req.method, c.req.path);
    // Whether it is alive is told also where the tokens cannot be read.
    const records = needed === null ? [] : await access.tokens.all();
    if (records.length === 0 || needed === null) {
      c.set("caller", LOCAL_CALLER);
      return await next();
    }
    const audit = tolerant(access.audit, log);
    const token = await recognise(c, needed, records, { ...access, audit });
    if (!mayDo(token.role, needed)) await refuse(c, audit, token, forbidden(token, needed));
    c.set("caller", { user: token.user, role: token.role });
    const isAudited = needed !== "read" || HANDED_OUT.test(c.req.path);
    // What cannot be written down is not done.
    if (isAudited) await writeDown(c, access.audit, token, null, null);
    if (!await open.holds(next(), token)) await refuse(c, audit, token, unauthorized(c, LOST));
    if (isAudited) await writeDown(c, audit, token, c.res.status, null);
    replaceAnswer(c, open.watch(c.res, token));
  };
}

/** For refusals, which hold all the same, and for what is done already. */
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

/** Hono lays the headers of an answer that is replaced over the new one's, which has them already. */
function replaceAnswer(c: Context<ServiceEnv>, answer: Response): void {
  if (answer === c.res) return;
  c.res = undefined;
  c.res = answer;
}

/** Finds whose request it is, or ends it. */
async function recognise(
  c: Context<ServiceEnv>,
  needed: Role,
  records: readonly TokenRecord[],
  { audit, slowDown }: Access,
): Promise<TokenRecord> {
  const credentials = readCredentials(c.req.header("authorization"));
  if (credentials.kind === "none") {
    return await refuse(
      c,
      audit,
      null,
      unauthorized(
        c,
        "Send Authorization: Bearer <token>; the data owner creates tokens " +
          "(deno task token create)",
      ),
    );
  }
  // A browser sends a password along with whatever another site makes it send: what is not from a
  // page of ours may only look.
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
  const found = findToken(credentials.token, records, new Date());
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

/** What a request says of who asks. */
type Credentials =
  /** A token in `Authorization: Bearer`. */
  | { readonly kind: "bearer"; readonly token: string }
  /** A token as the password of `Authorization: Basic`: what a browser can ask a person for. */
  | { readonly kind: "basic"; readonly token: string }
  | { readonly kind: "none" };

/**
 * Reads `Authorization` (RFC 6750, RFC 7617).
 *
 * @param header its value, or undefined
 * @returns the token as it was sent, not checked
 */
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

/** Health checks come from where no token is. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** What a model author may change: their own evaluations, and what is computed from predictions. */
const SUBMIT_PATHS: readonly RegExp[] = [
  /^\/v1\/evaluations$/,
  /^\/v1\/evaluations\/[^/]+(?:\/(?!webhook)[^/]+)?$/,
  /^\/v1\/(?:scores|comparisons|ensembles|reader-studies|screening-simulations)$/,
  /^\/v1\/scores\/[^/]+\/subgroups$/,
  /^\/(?:evaluations|scores|ensembles|reader-studies)$/,
  /^\/evaluations\/[^/]+\/cancel$/,
];

/**
 * Tells which role a request needs. Looking needs `read`; what a model author does needs `submit`;
 * everything else that changes something, the data above all, needs `admin`. A route that is not
 * thought of here is thereby closed, not open.
 *
 * @returns the role, or null where nobody is asked
 */
export function roleNeeded(method: string, path: string): Role | null {
  const looks = method === "GET" || method === "HEAD";
  if (looks && OPEN_PATHS.has(path)) return null;
  if (looks) return "read";
  // Only an admin makes something disappear: a submitter would delete what turned out badly.
  if (method === "DELETE") return "admin";
  return SUBMIT_PATHS.some((pattern) => pattern.test(path)) ? "submit" : "admin";
}
