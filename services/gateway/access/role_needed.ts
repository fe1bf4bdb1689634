import type { Role } from "../../../shared/http/mod.ts";

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
 * @param method of the request
 * @param path of the request
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
