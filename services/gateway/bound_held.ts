import type { Context, MiddlewareHandler } from "hono";
import { Problem, type ServiceEnv, waitPreference } from "../../shared/http/mod.ts";
import { HELD_OPEN_MAX } from "../../shared/limits.ts";
import { tapBody } from "./access/tap_body.ts";

/** Streams that last as long as an evaluation. */
const FOLLOWING = /^\/v1\/evaluations\/[^/]+\/(?:events|log)$/;

/** Limits the open streams and waiting requests of one user; each holds a connection. */
export function boundHeld(most: number = HELD_OPEN_MAX): MiddlewareHandler<ServiceEnv> {
  const held = new Map<string, number>();

  function change(user: string, by: number): void {
    const count = (held.get(user) ?? 0) + by;
    if (count === 0) held.delete(user);
    else held.set(user, count);
  }

  return async (c, next): Promise<void> => {
    const isStream = isFollowing(c);
    if (!isStream && waitPreference(c.req.header("prefer")) === 0) return await next();
    const { user } = c.get("caller");
    if ((held.get(user) ?? 0) >= most) {
      throw new Problem(
        "too_many_requests",
        `${user} already has ${most} open requests (event streams, followed logs, ` +
          "Prefer: wait): close some, or poll GET /v1/evaluations, which lists all evaluations at once",
        { headers: { "retry-after": "5" } },
      );
    }
    change(user, 1);
    await next();
    const { res } = c;
    if (!isStream || res.body === null || !res.ok) return change(user, -1);
    const tapped = tapBody(res.body, () => change(user, -1));
    c.res = undefined;
    c.res = new Response(tapped.stream, res);
  };
}

function isFollowing({ req }: Context<ServiceEnv>): boolean {
  if (req.method !== "GET" || !FOLLOWING.test(req.path)) return false;
  return req.path.endsWith("/events") || req.query("follow") === "true";
}
