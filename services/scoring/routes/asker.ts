import type { Context } from "hono";
import { Problem, type ServiceEnv } from "../../../shared/http/mod.ts";
import type { Asker } from "../compute/compute.ts";

/**
 * Identifies the caller of a computation. Rejects requests from pages of other sites: otherwise a
 * browser on the data owner's machine would let them start any number of computations.
 * @throws {Problem} `forbidden` if the `Sec-Fetch-Site` header names another site
 */
export function askerOf(c: Context<ServiceEnv>): Asker {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    throw new Problem(
      "forbidden",
      "The request comes from a page of another site, which may not start computations: open it " +
        "from mammoeval's own pages, or type the address",
    );
  }
  return { caller: c.get("caller"), signal: c.req.raw.signal };
}
