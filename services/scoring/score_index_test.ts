import assert from "node:assert/strict";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { createScoreIndex } from "./score_index.ts";

Deno.test("headings: each report is read once; what comes, goes or changes is seen", async () => {
  const reports = new Map<string, ScoreReport>();
  const put = (id: string, created_at: string): void => {
    const report = { id, created_at, dataset: null, model: null, provenance: {} };
    reports.set(id, report as unknown as ScoreReport);
  };
  const reads: string[] = [];
  let seconds = 0;
  const index = createScoreIndex({
    names: () => [...reports.keys(), "half"],
    get(id): Promise<ScoreReport | null> {
      reads.push(id);
      const report = reports.get(id) ?? null;
      index.note(id, report);
      return Promise.resolve(report);
    },
    now: () => seconds * 1000,
  });
  const ids = async (): Promise<string[]> => (await index.headings()).map(({ id }) => id);
  put("a", "1");
  put("b", "2");
  assert.deepEqual(await ids(), ["b", "a"]);
  put("c", "3");
  assert.deepEqual(await ids(), ["b", "a"], "nobody has noted it");
  seconds++;
  assert.deepEqual(await ids(), ["c", "b", "a"]);
  assert.deepEqual(reads.filter((id) => id !== "half"), ["a", "b", "c"]);
  reports.delete("b");
  seconds++;
  assert.deepEqual(await ids(), ["c", "a"]);
  put("a", "4");
  index.note("a", reports.get("a")!);
  assert.deepEqual(await ids(), ["a", "c"], "at once");
  index.note("c", null);
  assert.deepEqual(await ids(), ["a"]);
});
