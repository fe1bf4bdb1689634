import assert from "node:assert/strict";
import { callerOf, createServiceClient } from "../../shared/http/mod.ts";
import type { ScoreOrder } from "./clients.ts";
import { createHttpScoringClient } from "./http_clients.ts";

Deno.test("a score is asked for in the turn of the evaluation's user, with the right of a service", async () => {
  const callers: unknown[] = [];
  const client = createServiceClient("scoring", "http://scoring", (request) => {
    callers.push(callerOf(request.headers));
    return Response.json({ id: "one" });
  });
  const order = { evaluation: "one", provenance: {} } as unknown as ScoreOrder;
  const scoring = createHttpScoringClient(client);
  for (const user of ["ann", "bob"]) assert.equal(await scoring.score(order, user), "one");
  assert.deepEqual(callers, [{ user: "ann", role: "admin" }, { user: "bob", role: "admin" }]);
});
