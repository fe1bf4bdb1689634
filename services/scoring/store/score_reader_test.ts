import assert from "node:assert/strict";
import type { Released } from "../../../shared/contracts/releases.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { readScoresAs } from "./score_reader.ts";
import type { ScoreHeading, ScoreStore } from "./score_store.ts";

/** A heading of the minute `at`. */
function heading(at: number, auroc: number | null): ScoreHeading {
  return {
    id: `00000000-0000-4000-8000-00000000000${at}`,
    created_at: `2026-01-01T00:0${at}:00.000Z`,
    ...{ dataset: "sample", model: `m${at}`, experiment: null, evaluation: null, auroc },
    provenance: {},
  };
}

/** A store of headings, oldest first, and reports without values. */
function storeOf(headings: readonly ScoreHeading[], released: Released): ScoreStore {
  const report = (one: ScoreHeading): unknown => ({
    ...one,
    levels: { breast: { operating_points: [] } },
    subgroups: [],
    misses: { positives: [], negatives: [] },
    warnings: [],
    warnings_total: 0,
  });
  return {
    headings: () => Promise.resolve(headings.toReversed()),
    get: (id: string) => Promise.resolve(report(headings.find((one) => one.id === id)!)),
    released: () => released,
  } as unknown as ScoreStore;
}

async function order(
  role: "admin" | "read",
  released: Released,
  values: readonly (number | null)[],
): Promise<string[]> {
  const store = storeOf(values.map((value, at) => heading(at, value)), released);
  const reader = readScoresAs({ user: "ada", role }, store);
  const { scores } = await reader.list({ sort: "auroc", limit: 9 });
  return scores.map(({ shown }) => (shown as ScoreReport).model!);
}

Deno.test("scores released with two digits are sorted by two digits: equal ones newest first", async () => {
  for (const values of [[0.701, 0.704, null, 0.9], [0.704, 0.701, null, 0.9]]) {
    assert.deepEqual(await order("read", "coarse", values), ["m3", "m1", "m0", "m2"]);
    const exact = values[0]! > values[1]! ? ["m0", "m1"] : ["m1", "m0"];
    for (const [role, released] of [["read", "full"], ["admin", "coarse"]] as const) {
      assert.deepEqual(await order(role, released, values), ["m3", ...exact, "m2"], role);
    }
  }
  assert.deepEqual(await order("read", "withheld", [0.7, 0.8]), []);
});
