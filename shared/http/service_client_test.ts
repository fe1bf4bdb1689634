import assert from "node:assert/strict";
import { Problem } from "./problem.ts";
import { createServiceClient } from "./service_client.ts";

const NEVER = new Promise<never>(() => {});

async function refusal(answer: () => Response | Promise<Response>): Promise<string> {
  const client = createServiceClient("scoring", "http://inside", answer);
  const error = await client.json("GET", "/", undefined, {}, 0.05).catch((cause) => cause);
  assert.ok(error instanceof Problem);
  assert.equal(error.type, "upstream_unavailable");
  return error.message;
}

Deno.test("a service that does not answer, or not to the end, is not waited for without end", async () => {
  assert.match(await refusal(() => NEVER), /scoring service did not answer within 0\.05 s/);
  const stalls = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode("{")) });
  assert.match(await refusal(() => new Response(stalls)), /did not answer within/);
  assert.match(
    await refusal(() => Promise.reject(new TypeError("refused"))),
    /check that it is running/,
  );
});

Deno.test("what it answers in time is given", async () => {
  const client = createServiceClient("scoring", "http://inside", () => Response.json({ id: 1 }));
  assert.deepEqual(await client.json("GET", "/"), { id: 1 });
});
