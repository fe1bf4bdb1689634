import assert from "node:assert/strict";
import { auroc, holm, pairedClusteredDelong, stream } from "../statistics/mod.ts";
import { drawSample } from "../../../tests/support/scoring/samples.ts";
import { testAgainstFirst } from "./against_best.ts";

/** Ten equally good models; half of their variance is shared. */
function equalModels(board: number): {
  scores: Float64Array[];
  labels: Uint8Array;
  clusters: Int32Array;
  unit: "exam";
} {
  const base = drawSample({
    seed: board,
    clusters: 120,
    perCluster: 2,
    prevalence: 0.15,
    shared: 0.3,
  });
  const scores = Array.from({ length: 10 }, (_, model) => {
    const random = stream(board, 1 + model);
    return base.scores.map((score) => score + 0.5 * (random.uniform() - 0.5));
  });
  return { scores, labels: base.labels, clusters: base.clusters, unit: "exam" as const };
}

function bestFirst({ scores, labels }: ReturnType<typeof equalModels>): Float64Array[] {
  const areas = new Map(scores.map((one) => [one, auroc(one, labels).value!]));
  return scores.toSorted((a, b) => areas.get(b)! - areas.get(a)!);
}

Deno.test("testAgainstFirst: at most 5 % of boards of ten equal models show a difference", async () => {
  const BOARDS = 200;
  let corrected = 0;
  let uncorrected = 0;
  for (let board = 0; board < BOARDS; board++) {
    const models = equalModels(board);
    const tests = await testAgainstFirst(bestFirst(models), models);
    corrected += tests.some(({ p_holm }) => p_holm! < 0.05) ? 1 : 0;
    // The former correction: Holm over the nine tests of the board only.
    uncorrected += holm(tests.map(({ p }) => p)).some((p) => p! < 0.05) ? 1 : 0;
  }
  // 5 % of 200 are 10, the binomial's upper 99 % limit is 18.
  assert.ok(corrected <= 18, `${corrected} of ${BOARDS}`);
  assert.ok(uncorrected > corrected, `${uncorrected} of ${BOARDS} with the smaller family`);
});

Deno.test("testAgainstFirst: the numbers of single tests, with Holm over all pairs", async () => {
  const models = equalModels(1);
  const scores = bestFirst(models).slice(0, 4);
  const { labels, clusters } = models;
  const tests = await testAgainstFirst(scores, models);
  const p = scores.flatMap((a, at) =>
    scores.slice(at + 1).map((b) => pairedClusteredDelong(b, a, labels, clusters).p.value)
  );
  assert.deepEqual(tests.map(({ p }) => p), p.slice(0, 3));
  assert.deepEqual(tests.map(({ p_holm }) => p_holm), holm(p).slice(0, 3));
});

Deno.test("testAgainstFirst: with fewer than five exams of a class there is no test, and a reason", async () => {
  const labels = Uint8Array.from({ length: 24 }, (_, at) => at < 4 ? 1 : 0);
  const exams = Int32Array.from(labels, (_, at) => at);
  const a = Float64Array.from(labels, (label, at) => label + at % 3);
  const b = Float64Array.from(labels, (label, at) => label + at % 4);
  const [test] = await testAgainstFirst([a, b], { labels, clusters: exams, unit: "exam" });
  assert.equal(test!.p, null);
  assert.equal(test!.p_holm, null);
  assert.equal(test!.ci, null);
  assert.match(test!.undefined!, /4 exams with cancer and 20 without/);
  assert.ok(test!.difference.value !== null);
});
