import type { Context, MiddlewareHandler } from "hono";
import { OPEN_PATHS, Problem, type ServiceEnv } from "../../../shared/http/mod.ts";

/** What the gateway needs to tell its own pages from others. */
export interface Site {
  /** Host names and addresses, without ports, under which it is reached besides this machine's own. */
  readonly hosts: readonly string[];
  /** Whether there are no tokens, so that everybody who can reach it may do everything. */
  readonly isOpen: () => Promise<boolean>;
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changes from other sites' pages, whatever their form (`hono/csrf` checks only forms). Without tokens, it
 * answers only under known host names, against DNS rebinding.
 */
export function keepToSite({ hosts, isOpen }: Site): MiddlewareHandler<ServiceEnv> {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return async (c, next): Promise<void> => {
    if (OPEN_PATHS.has(c.req.path)) return await next();
    const host = hostOf(c);
    if (await isOpen() && (host === null || !isLoopback(host) && !known.has(host))) {
      throw new Problem(
        "forbidden",
        "Without tokens mammoeval answers only known host names, and the request names " +
          "another host: use 127.0.0.1, add the name to MAMMOEVAL_HOSTS, or create a token",
      );
    }
    if (!SAFE_METHODS.has(c.req.method) && isForeign(c)) {
      throw new Problem(
        "forbidden",
        "The request comes from a page of another site, which may not change anything: send it " +
          "from mammoeval's own page, or from a program, without Origin and Sec-Fetch-Site",
      );
    }
    await next();
  };
}

/** Host name of the request, lower case, without port; null if there is none. */
function hostOf(c: Context<ServiceEnv>): string | null {
  const given = c.req.header("host");
  const parsed = URL.parse(given === undefined ? c.req.url : `http://${given}`);
  return parsed === null ? null : parsed.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** By `Sec-Fetch-Site`, which holds behind proxies; another port is another program. Older browsers send `Origin`. */
function isForeign(c: Context<ServiceEnv>): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return c.req.header("origin") !== undefined && !hasOwnOrigin(c);
}

function hasOwnOrigin(c: Context<ServiceEnv>): boolean {
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  return URL.parse(c.req.header("origin") ?? "")?.host === host.toLowerCase();
}

/** Whether the browser says that our own page sent the request; false for programs, which say nothing. */
export function isFromOwnPage(c: Context<ServiceEnv>): boolean {
  const site = c.req.header("sec-fetch-site");
  return site === undefined ? hasOwnOrigin(c) : site === "same-origin";
}

/** Whether an address (without a port) leads only to this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
