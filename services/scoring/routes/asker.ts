import type { Context } from "hono";
import { Problem, type ServiceEnv } from "../../../shared/http/mod.ts";
import type { Asker } from "../compute/compute.ts";

/**
 * The caller of a computation.
 * @throws {Problem} `forbidden` if a browser says that another site asks
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
