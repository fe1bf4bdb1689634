import type { MiddlewareHandler } from "hono";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { Problem, type ServiceEnv } from "../../shared/http/mod.ts";
import { REQUESTS_RESERVED, REQUESTS_UNDER_WAY_MAX } from "../../shared/limits.ts";
import { createSharedPlaces, type SharedPlaces } from "./shared_places.ts";

const WINDOW_S = 60;

/** Limits a user's requests in 60 s and reports what is left (draft-ietf-httpapi-ratelimit-headers-10). */
export function limitRate(perMinute: number): MiddlewareHandler<ServiceEnv> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_S });
  return async (c, next): Promise<void> => {
    const counted = await limiter.consume(c.get("caller").user).catch((refused) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    const headers = {
      "ratelimit-policy": `"user";q=${perMinute};w=${WINDOW_S}`,
      ratelimit: `"user";r=${counted.remainingPoints};t=${secondsUntil(counted)}`,
    };
    if (counted.consumedPoints > perMinute) {
      throw new Problem(
        "too_many_requests",
        `More than ${perMinute} requests a minute: wait ${
          secondsUntil(counted)
        } s, and use Prefer: wait=60 instead of polling`,
        { headers: { ...headers, "retry-after": String(secondsUntil(counted)) } },
      );
    }
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}

function secondsUntil({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}

/** Sheds load in fair shares: an immediate refusal is better than a late answer. Streams release their place. */
export function limitConcurrency(
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
