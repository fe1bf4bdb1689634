import type { MiddlewareHandler } from "hono";
import { Problem, type ServiceEnv } from "../../shared/http/mod.ts";
import { REQUESTS_UNDER_WAY_MAX } from "../../shared/limits.ts";

/**
 * Refuses what comes while too much is under way: each request that waits takes memory, and makes those wait
 * longer that came before. Who is told so at once can ask again; who waits for a minute has gone by then. Answers
 * that stream do not count once they have begun.
 *
 * @param most requests under way
 */
export function limitCrowd(most = REQUESTS_UNDER_WAY_MAX): MiddlewareHandler<ServiceEnv> {
  let underWay = 0;
  return async (_c, next): Promise<void> => {
    if (underWay >= most) {
      throw new Problem(
        "unavailable",
        "More requests are under way than can be answered: ask again in a few seconds",
        { headers: { "retry-after": "5" } },
      );
    }
    underWay++;
    try {
      await next();
    } finally {
      underWay--;
    }
  };
}
