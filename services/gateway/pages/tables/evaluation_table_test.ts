import assert from "node:assert/strict";
import type { EvaluationRecord } from "../../../../shared/contracts/evaluations.ts";
import { progressText } from "./evaluation_table.tsx";

const START = "2026-01-01T00:00:00.000Z";

function left(done: number | null, afterS: number, buildMs = 0, status = "running"): string {
  const evaluation = {
    ...{ status, error: null, started_at: START, finished_at: null },
    progress: { stage: status, done, total: done === null ? null : 16, note: null },
    provenance: { build_ms: buildMs },
  };
  return progressText(evaluation as unknown as EvaluationRecord, Date.parse(START) + afterS * 1000);
}

Deno.test("progress tells the time left by the pace since the run began", () => {
  assert.equal(left(4, 60), "4 of 16, about 3 minutes left");
  assert.equal(left(4, 660, 600_000), "4 of 16, about 3 minutes left", "without the build");
  assert.equal(left(15, 60), "15 of 16, about 1 minute left");
  assert.equal(left(1, 3600), "1 of 16, about 15 hours left");
  for (const [done, after, status] of [[0, 60], [16, 60], [4, 60, "scoring"], [4, -5]] as const) {
    assert.equal(left(done, after, 0, status), `${done} of 16`);
  }
  assert.equal(left(null, 60), "");
});
