import type { Context } from "hono";
import { Problem, type ServiceEnv } from "../../../shared/http/mod.ts";
import type { Asker } from "../compute/compute.ts";

/**
 * Tells who waits for a computation. Pages of other sites may start none: a browser on the data owner's machine
 * would send their requests along, as often as they like.
 *
 * @throws {Problem} `forbidden` where a browser says that another site has sent it
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
