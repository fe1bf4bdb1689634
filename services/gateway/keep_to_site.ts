import type { Context, MiddlewareHandler } from "hono";
import { Problem, type ServiceEnv } from "../../shared/http/mod.ts";
import { isLoopback } from "./access/loopback.ts";

/** What the gateway must know to tell its own pages from those of others. */
export interface Site {
  /** Names and addresses that it is asked under besides this machine's own, without ports. */
  readonly hosts: readonly string[];
  /** Tells whether everybody who reaches it may do everything, since there are no tokens. */
  readonly isOpen: () => Promise<boolean>;
}

/** Health checks change nothing and tell nothing; they come with whatever name the checker knows. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
/** What changes nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Keeps the pages of other sites out, whose requests a browser on this machine sends along. What
 * changes something must not come from another origin: `hono/csrf` asks that of forms only, here it
 * is asked of every request, since a cancel has no body. And while there are no tokens, the
 * gateway answers only under names that it knows: a stranger's page whose name has been pointed at
 * 127.0.0.1 in the meantime (DNS rebinding) would be of the same origin for the browser.
 *
 * @param site names of the gateway, and whether it stands open
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

/** The name that the gateway is asked under, lower case, without its port; null for no name at all. */
function hostOf(c: Context<ServiceEnv>): string | null {
  const given = c.req.header("host");
  const parsed = URL.parse(given === undefined ? c.req.url : `http://${given}`);
  return parsed === null ? null : parsed.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/**
 * `Sec-Fetch-Site` comes from the browser itself and holds behind a proxy that changes `Host`. Another
 * port of the same machine is "same-site": somebody else's program. Older browsers send `Origin` alone.
 */
function isForeign(c: Context<ServiceEnv>): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return c.req.header("origin") !== undefined && !hasOwnOrigin(c);
}

function hasOwnOrigin(c: Context<ServiceEnv>): boolean {
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  return URL.parse(c.req.header("origin") ?? "")?.host === host.toLowerCase();
}

/**
 * Tells whether a browser says that one of mammoeval's own pages made it send a request. What says
 * nothing, a program say, does not count.
 */
export function isFromOwnPage(c: Context<ServiceEnv>): boolean {
  const site = c.req.header("sec-fetch-site");
  return site === undefined ? hasOwnOrigin(c) : site === "same-origin";
}
