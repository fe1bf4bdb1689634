import assert from "node:assert/strict";
import type { JobRequest } from "./jobs.ts";
import { createResultCache } from "./process_compute.ts";

const request = (id: string): JobRequest<"rank"> =>
  ({ level: "breast", best: { id }, others: [] }) as unknown as JobRequest<"rank">;

Deno.test("results are found by their whole request, those used last are kept, within the bound", () => {
  const cache = createResultCache(100);
  for (const id of ["a", "b"]) cache.keep("rank", request(id), [id], 50);
  assert.deepEqual(cache.find("rank", request("a")), ["a"]);
  cache.keep("rank", request("c"), ["c"], 50);
  assert.equal(cache.find("rank", request("b")), null, "used longest ago");
  assert.deepEqual(["a", "c"].map((id) => cache.find("rank", request(id))), [["a"], ["c"]]);
  cache.keep("rank", request("d"), ["d"], 101);
  assert.equal(cache.find("rank", request("d")), null, "too large to be kept");
  assert.deepEqual(cache.find("rank", request("a")), ["a"]);
});

Deno.test("failures are not kept, nor what the volume keeps", () => {
  const cache = createResultCache(100);
  const compare = {
    reports: [],
    level: "breast",
    reference: null,
    margin: null,
    bootstrap: null,
  } as const;
  cache.keep("compare", compare, { ok: false, errors: [] }, 1);
  assert.equal(cache.find("compare", compare), null);
  const combine = {} as JobRequest<"combine">;
  cache.keep("combine", combine, { ok: true }, 1);
  assert.equal(cache.find("combine", combine), null);
});
