import type { MiddlewareHandler } from "hono";
import { Problem, type ServiceEnv } from "../../shared/http/mod.ts";
import { REQUESTS_RESERVED, REQUESTS_UNDER_WAY_MAX } from "../../shared/limits.ts";
import { createSharedPlaces, type SharedPlaces } from "./shared_places.ts";

/**
 * Sheds load: requests in progress take memory, and an immediate refusal is better than an answer after a minute.
 * Users share the places, so that none can take all with bodies that never arrive. A streamed answer releases its
 * place when it begins.
 */
export function limitCrowd(
  places: SharedPlaces = createSharedPlaces(REQUESTS_UNDER_WAY_MAX, REQUESTS_RESERVED),
): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    const release = places.take(c.get("caller"));
    if (release === null) {
      throw new Problem(
        "unavailable",
        "Too many requests are in progress, in total or from you: try again in a few seconds",
        { headers: { "retry-after": "5" } },
      );
    }
    try {
      await next();
    } finally {
      release();
    }
  };
}
