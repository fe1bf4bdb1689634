import assert from "node:assert/strict";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { createScoreIndex } from "./score_index.ts";

Deno.test("headings: each report is read once; what comes, goes or changes is seen", async () => {
  const reports = new Map<string, ScoreReport>();
  const put = (id: string, created_at: string): void => {
    reports.set(id, { id, created_at, dataset: null, model: null } as ScoreReport);
  };
  const reads: string[] = [];
  const index = createScoreIndex(() => Promise.resolve([...reports.keys(), "half"]), (id) => {
    reads.push(id);
    const report = reports.get(id) ?? null;
    index.note(id, report);
    return Promise.resolve(report);
  });
  const ids = async (): Promise<string[]> => (await index.headings()).map(({ id }) => id);
  put("a", "1");
  put("b", "2");
  assert.deepEqual(await ids(), ["b", "a"]);
  put("c", "3");
  assert.deepEqual(await ids(), ["c", "b", "a"]);
  assert.deepEqual(reads.filter((id) => id !== "half"), ["a", "b", "c"]);
  reports.delete("b");
  assert.deepEqual(await ids(), ["c", "a"]);
  put("a", "4");
  index.note("a", reports.get("a")!);
  assert.deepEqual(await ids(), ["a", "c"]);
});
