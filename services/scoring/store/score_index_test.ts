import assert from "node:assert/strict";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { newestFirst } from "./report_files.ts";
import { createScoreIndex, createSequence } from "./score_index.ts";

Deno.test("headings: each report is read once; what comes, goes or changes is seen", async () => {
  const reports = new Map<string, ScoreReport>();
  const put = (id: string, created_at: string): void => {
    const levels = { breast: { auroc: { value: null } } };
    const report = { id, created_at, dataset: null, model: null, levels, provenance: {} };
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

Deno.test("the latest score is the one that was kept last, wherever the clock stood and however many came at once", async () => {
  const kept: ScoreReport[] = [];
  const sequence = createSequence(() => Promise.resolve([...kept]));
  const at = (id: string, time: string): ScoreReport =>
    ({ id, created_at: `2030-01-${time}.000Z` }) as ScoreReport;
  // IDs in opposite order: for equal timestamps the greater ID would come first.
  const made = [
    ...[at("z", "02T00:00:00"), at("y", "01T00:00:00"), at("x", "01T00:00:00")],
    ...[at("w", "02T00:00:00"), at("v", "03T00:00:00"), at("u", "03T00:00:00")],
  ];
  for (const report of made) kept.push(await sequence(report));
  const order = (): string => [...kept].sort(newestFirst).map(({ id }) => id).join("");
  assert.equal(order(), "uvwxyz");
  kept.push(...await Promise.all([at("t", "01T00:00:00"), at("s", "01T00:00:00")].map(sequence)));
  assert.equal(order(), "stuvwxyz");
  // After a restart the volume's scores are known, and a score made again keeps its timestamp.
  const restarted = createSequence(() => Promise.resolve([...kept]));
  const [newest] = [...kept].sort(newestFirst);
  assert.equal((await restarted(newest!)).created_at, newest!.created_at);
  kept.push(await restarted(at("r", "01T00:00:00")));
  assert.equal(order(), "rstuvwxyz");
});
