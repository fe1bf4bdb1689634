import assert from "node:assert/strict";
import { auprc } from "./auprc.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average_precision.ts";
import { brier } from "./brier.ts";
import { groupClusters } from "./clusters.ts";
import { midranks } from "./midranks.ts";
import { METRICS } from "./paired_bootstrap.ts";
import { permutationTest } from "./permutation.ts";
import { agree, drawSample, type TestSample } from "../../../tests/support/scoring/samples.ts";

const OPTIONS = { replicates: 4000, seed: 1 };

/** Tries every exchange: the p that the test comes near. */
function exactPValues(
  { scores, others, labels, clusters }: TestSample,
): { observed: number[]; p: number[] } {
  const grouping = groupClusters(clusters, labels.length);
  const ranks = [midranks(scores), midranks(others)] as const;
  const raw = [scores, others] as const;
  const differencesOf = (mask: number): number[] => {
    const change = (at: number): boolean => (mask >> grouping.clusterOf[at]! & 1) === 1;
    const pick = (of: readonly [Float64Array, Float64Array], which: 0 | 1): Float64Array =>
      labels.length === 0
        ? new Float64Array()
        : Float64Array.from(labels, (_, at) => of[change(at) ? 1 - which : which]![at]!);
    return ([[auroc, ranks], [auprc, ranks], [averagePrecision, ranks], [brier, raw]] as const)
      .map(([metric, of]) =>
        metric(pick(of, 0), labels).value! - metric(pick(of, 1), labels).value!
      );
  };
  const observed = differencesOf(0);
  const exchanges = 2 ** grouping.clusters;
  const asLarge = observed.map(() => 0);
  for (let mask = 0; mask < exchanges; mask++) {
    differencesOf(mask).forEach((value, at) => {
      if (Math.abs(value) >= Math.abs(observed[at]!) - 1e-12) asLarge[at]! += 1;
    });
  }
  return { observed, p: asLarge.map((count) => count / exchanges) };
}

Deno.test("p comes near that of all exchanges", async () => {
  for (const seed of [1, 2, 3]) {
    const sample = drawSample({
      ...{ seed, clusters: 11, perCluster: 2, prevalence: 0.4, shared: 0.2, steps: 12 },
    });
    const { observed, p } = exactPValues(sample);
    const { scores: scoresA, others: scoresB, labels, clusters } = sample;
    const test = await permutationTest({ scoresA, scoresB, labels, clusters }, OPTIONS);
    METRICS.forEach((metric, at) => {
      assert.ok(agree(test[metric].difference.value!, observed[at]!), `${metric} differs`);
      // Four standard errors of a share of 4,000 draws, and the one that is always counted.
      const reach = 4 * Math.sqrt(p[at]! * (1 - p[at]!) / OPTIONS.replicates) +
        1 / OPTIONS.replicates;
      assert.ok(
        Math.abs(test[metric].p.value! - p[at]!) <= reach,
        `${metric}: ${test[metric].p.value} instead of ${p[at]}`,
      );
    });
  }
});

Deno.test("a classifier does not differ from itself on another scale", async () => {
  const { scores, labels, clusters } = drawSample({
    ...{ seed: 4, clusters: 30, perCluster: 2, prevalence: 0.3, shared: 0.5 },
  });
  const scoresB = scores.map((score) => 100 * score - 7);
  const test = await permutationTest({ scoresA: scores, scoresB, labels, clusters }, OPTIONS);
  for (const metric of ["auroc", "auprc", "averagePrecision"] as const) {
    assert.equal(test[metric].difference.value, 0);
    assert.equal(test[metric].p.value, 1);
  }
  assert.match(test.brier.p.undefined!, /outside/);
});

Deno.test("without clusters every sample changes places on its own", async () => {
  const { scores, others, labels } = drawSample({
    ...{ seed: 5, clusters: 30, perCluster: 2, prevalence: 0.3, shared: 0.5 },
  });
  const alone = Int32Array.from(labels, (_, at) => at);
  const sample = { scoresA: scores, scoresB: others, labels };
  assert.deepEqual(
    await permutationTest({ ...sample, clusters: null }, OPTIONS),
    await permutationTest({ ...sample, clusters: alone }, OPTIONS),
  );
});

Deno.test("a missing class is said, options out of bounds are refused", async () => {
  const scores = [0.1, 0.2];
  const sample = { scoresA: scores, scoresB: scores, labels: [0, 0] as const, clusters: null };
  const test = await permutationTest({ ...sample, labels: [...sample.labels] }, OPTIONS);
  assert.match(test.auroc.p.undefined!, /no positive/);
  await assert.rejects(
    permutationTest({ ...sample, labels: [0, 1] }, { replicates: 10, seed: -1 }),
    RangeError,
  );
});
