import assert from "node:assert/strict";
import { ownerOf } from "./upstreams.ts";

Deno.test("every path has the owner that answers it, and strange ones have none", () => {
  const cases: [path: string, owner: ReturnType<typeof ownerOf>][] = [
    ["/", null],
    ["/evaluations/x", null],
    ["/reports/x", "scoring"],
    ["/leaderboards/sample", "scoring"],
    ["/v1/scores", "scoring"],
    ["/v1/scores/x/breast/roc.png", "scoring"],
    ["/v1/datasets/x", "ingestion"],
    ["/v1/evaluations/x/log", "inference"],
    ["/v1/models", "inference"],
    ["//", null],
    ["/reportsx", null],
    ["/v1", null],
    ["/v1/scoresx", null],
    ["/index.html", null],
  ];
  for (const [path, owner] of cases) assert.equal(ownerOf(path), owner, path);
});
