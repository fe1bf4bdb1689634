import assert from "node:assert/strict";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { FULL_REPORT } from "../../../tests/support/scoring/report.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { discordantSamples } from "./discordant_samples.ts";
import type { MatchedSamples } from "./match_samples.ts";

/** Samples of one breast each, with the scores of two models. */
function matched(
  rows: readonly (readonly [label: 0 | 1, first: number, second: number])[],
): MatchedSamples {
  const samples = rows.map(([label, score], at): Sample => ({
    ...{ exam: `e${at}`, examIndex: at, laterality: "left", view: null, image: null },
    ...{ label, score },
  }));
  return {
    ...clustersOf(samples),
    labels: Uint8Array.from(rows, ([label]) => label),
    exams: Int32Array.from(rows.keys()),
    scores: [1, 2].map((at) => Float64Array.from(rows, (row) => row[at]!)),
    samples,
  };
}

/** A report with thresholds by the names of operating points. */
function withPoints(points: Readonly<Record<string, number | null>>): ScoreReport {
  const report = structuredClone(FULL_REPORT);
  const [template] = report.levels.breast.operating_points;
  report.levels.breast.operating_points = Object.entries(points).map(([name, threshold]) => ({
    ...template!,
    name,
    threshold,
  }));
  return report;
}

const PAIR = { a: { at: 0, id: "a" }, b: { at: 1, id: "b" } };
const ROWS = [
  [1, 0.9, 0.1],
  [1, 0.8, 0.9],
  [1, 0.2, 0.8],
  [0, 0.1, 0.2],
  [0, 0.7, 0.3],
  [0, 0.3, 0.7],
] as const;

Deno.test("discordant samples are those that one score recalls at the threshold that both have", () => {
  const reports = [
    withPoints({ "sensitivity>=0.90": null, "specificity>=0.90": 0.5 }),
    withPoints({ "sensitivity>=0.90": 0.1, "specificity>=0.90": 0.6 }),
  ];
  const { point, positives, negatives, samples } = discordantSamples(
    matched(ROWS),
    PAIR,
    reports,
    "breast",
  );
  assert.equal(point, "specificity>=0.90");
  assert.deepEqual([positives, negatives], [[1, 1], [1, 1]]);
  assert.deepEqual(samples.map(({ exam, recalledBy }) => [exam, recalledBy]), [
    ["e0", 0],
    ["e2", 1],
    ["e4", 0],
    ["e5", 1],
  ]);
  assert.deepEqual(samples[0]!.scores, [0.9, 0.1]);
});

Deno.test("without a common threshold each score recalls as many samples as are positive", () => {
  const reports = [withPoints({ "score>=0.5": 0.5 }), withPoints({ other: 0.1 })];
  const { point, positives, negatives } = discordantSamples(
    matched(ROWS),
    PAIR,
    reports,
    "breast",
  );
  // The first recalls e0, e1 and e4, the second e1, e2 and e5.
  assert.deepEqual([point, positives, negatives], [null, [1, 1], [1, 1]]);
});

Deno.test("scores on other scales are compared by their own thresholds, and equal ones agree", () => {
  const same = matched(ROWS.map(([label, first]) => [label, first, first]));
  const reports = [withPoints({ x: 0.5 }), withPoints({ x: 0.5 })];
  assert.deepEqual(discordantSamples(same, PAIR, reports, "breast").samples, []);
  const scaled = matched(ROWS.map(([label, first]) => [label, first, 1000 * first]));
  const others = [withPoints({ x: 0.5 }), withPoints({ x: 500 })];
  assert.deepEqual(discordantSamples(scaled, PAIR, others, "breast").samples, []);
  const none = matched(ROWS.map(([, first, second]) => [0, first, second]));
  const without = discordantSamples(none, PAIR, [withPoints({}), withPoints({})], "breast");
  assert.deepEqual(without.samples, [], "nobody recalls anything where nothing is positive");
});
