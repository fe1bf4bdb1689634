import type { Context } from "hono";
import { Problem, PROBLEMS } from "../../../shared/http/mod.ts";
import type { ProblemType, Role, ServiceEnv } from "../../../shared/http/mod.ts";
import type { AuditLog } from "./audit_log.ts";
import { isFromOwnPage } from "./keep_to_site.ts";
import type { Sessions } from "./sessions.ts";
import type { SlowDown } from "./slow_down.ts";
import { findToken, refusalOf, type TokenRecord, type TokenRefusal } from "./token.ts";

export interface Recognition {
  readonly audit: AuditLog;
  readonly slowDown: SlowDown;
  readonly sessions: Sessions;
}

/** Who the audit log names. */
type Owner = { readonly user: string; readonly id: string | null };

/** Challenges (RFC 9110, 11.6.1). A browser gets no Basic, so that it shows the sign-in page, not a prompt. */
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

/** The token, or record of the person, of the request's session, or null. Only pages of this site may change something in its name. */
function tokenOfSession(
  c: Context<ServiceEnv>,
  needed: Role,
  records: readonly TokenRecord[],
  sessions: Sessions,
): TokenRecord | null {
  const kept = sessions.ownerOf(c);
  const token = typeof kept === "string" ? records.find(({ id }) => id === kept) : kept;
  if (!token || refusalOf(token, new Date()) !== null) return null;
  return needed === "read" || isFromOwnPage(c) ? token : null;
}

export async function recognise(
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
export async function findOrRefuse(
  c: Context<ServiceEnv>,
  text: string,
  records: readonly TokenRecord[],
  parts: Recognition,
): Promise<TokenRecord> {
  const found = findToken(text, records, new Date());
  if (typeof found !== "string") return found;
  return await refuseLater(c, parts, unauthorized(c, REFUSALS[found]));
}

/** Refuses a request after a delay, which grows with each further failure of anybody. */
export async function refuseLater(
  c: Context<ServiceEnv>,
  { audit, slowDown }: Recognition,
  reason: Problem,
): Promise<never> {
  const delay = slowDown.failed();
  if (delay === null) {
    const message = "Too many failed attempts to sign in: wait a minute";
    return await refuse(c, audit, null, problem("too_many_attempts", message));
  }
  await new Promise((resolve) => setTimeout(resolve, delay));
  slowDown.answered();
  return await refuse(c, audit, null, reason);
}

/** The problem of a request whose caller is not known. */
export function unauthorized(c: Context<ServiceEnv>, detail: string): Problem {
  return problem("unauthorized", detail, challengeFor(c));
}

export function problem(
  type: ProblemType,
  detail: string,
  headers: Record<string, string> = {},
): Problem {
  return new Problem(type, detail, { headers });
}

export async function refuse(
  c: Context<ServiceEnv>,
  audit: AuditLog,
  token: Owner | null,
  reason: Problem,
): Promise<never> {
  await writeDown(c, audit, token, PROBLEMS[reason.type].status, reason.type);
  throw reason;
}

export async function writeDown(
  c: Context<ServiceEnv>,
  audit: AuditLog,
  token: Owner | null,
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
