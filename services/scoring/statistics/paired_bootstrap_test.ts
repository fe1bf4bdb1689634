import assert from "node:assert/strict";
import fc from "fast-check";
import { auprc } from "./auprc.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average_precision.ts";
import { brier } from "./brier.ts";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { groupClusters } from "./clusters.ts";
import { bootstrapDifferences, METRICS } from "./paired_bootstrap.ts";
import { pairedPlan } from "./paired_replicates.ts";
import { stream } from "./random.ts";
import { replicateRange } from "./replicates.ts";
import {
  agree,
  arbitraryTwoClasses,
  drawSample,
  type TestSample,
} from "../../../tests/support/scoring/samples.ts";
import { drawnIntegers } from "../../../tests/support/scoring/drawn_integers.ts";

const OPTIONS: BootstrapOptions = {
  replicates: 400,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: false,
};

/** Copies the draws and computes every metric again. */
function naiveDifferences(
  { scores, others, labels, clusters }: Omit<TestSample, "clusters"> & {
    clusters: Int32Array | null;
  },
  seed: number,
  replicates: number,
): number[][] {
  const grouping = groupClusters(clusters, labels.length);
  return Array.from({ length: replicates }, (_, replicate) => {
    const random = stream(seed, replicate);
    const items = drawnIntegers(random, grouping.clusters, grouping.clusters);
    const drawn = [...items]
      .flatMap((cluster) => [...labels.keys()].filter((at) => grouping.clusterOf[at] === cluster));
    const truth = Uint8Array.from(drawn, (at) => labels[at]!);
    const a = drawn.map((at) => scores[at]!);
    const b = drawn.map((at) => others[at]!);
    return [auroc, auprc, averagePrecision, brier].map((metric) =>
      auroc(a, truth).value === null ? NaN : metric(a, truth).value! - metric(b, truth).value!
    );
  });
}

Deno.test("each replicate is the metrics' difference in what was drawn, by sample and by cluster", () => {
  fc.assert(
    fc.property(arbitraryTwoClasses(25), fc.nat(), fc.boolean(), (sample, seed, byCluster) => {
      const clusters = byCluster ? sample.clusters : null;
      const paired = { scoresA: sample.scores, scoresB: sample.others, labels: sample.labels };
      const columns = replicateRange(pairedPlan({ ...paired, clusters }, false), seed, 0, 5);
      naiveDifferences({ ...sample, clusters }, seed, 5).forEach((expected, replicate) => {
        expected.forEach((value, at) => {
          const actual = columns[at]![replicate]!;
          assert.ok(
            Number.isNaN(value) ? Number.isNaN(actual) : agree(actual, value),
            `${METRICS[at]}: ${actual} instead of ${value}`,
          );
        });
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("stratified draws keep the number of clusters that hold a positive", () => {
  const sample = drawSample({ seed: 3, clusters: 60, perCluster: 2, prevalence: 0.1, shared: 0.5 });
  const plan = pairedPlan(
    { scoresA: sample.scores, scoresB: sample.others, ...sample },
    true,
  );
  const holding = new Set([...sample.clusters].filter((_, at) => sample.labels[at] === 1)).size;
  assert.deepEqual(plan.strata, [holding, 60]);
});

for (const method of ["percentile", "bca"] as const) {
  Deno.test(`a classifier does not differ from itself (${method})`, async () => {
    const { scores, labels, clusters } = drawSample({
      ...{ seed: 4, clusters: 40, perCluster: 2, prevalence: 0.3, shared: 0.5 },
    });
    const sample = { scoresA: scores, scoresB: scores, labels, clusters };
    const compared = await bootstrapDifferences(sample, { ...OPTIONS, method });
    for (const metric of METRICS) {
      const { difference, ci, p } = compared[metric];
      assert.equal(difference.value, 0);
      assert.deepEqual([ci.lower, ci.upper], [0, 0]);
      assert.equal(p.value, 1);
    }
  });

  Deno.test(`changing places turns the differences round (${method})`, async () => {
    const { scores, others, labels, clusters } = drawSample({
      ...{ seed: 5, clusters: 50, perCluster: 2, prevalence: 0.3, shared: 0.5, steps: 20 },
    });
    const options = { ...OPTIONS, method };
    const one = await bootstrapDifferences(
      { scoresA: scores, scoresB: others, labels, clusters },
      options,
    );
    const other = await bootstrapDifferences(
      { scoresA: others, scoresB: scores, labels, clusters },
      options,
    );
    for (const metric of METRICS) {
      assert.ok(agree(one[metric].difference.value!, -other[metric].difference.value!));
      assert.ok(agree(one[metric].ci.lower!, -other[metric].ci.upper!, 1e-9));
      assert.equal(one[metric].p.value, other[metric].p.value);
    }
  });
}

Deno.test("what cannot be compared says why", async () => {
  const scores = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 2);
  const labels = Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1);
  const sample = { scoresA: scores, scoresB: scores, labels, clusters: null };
  const logits = await bootstrapDifferences(sample, OPTIONS);
  assert.match(logits.brier.ci.undefined!, /outside/);
  assert.equal(logits.auroc.ci.undefined, null);
  const one = await bootstrapDifferences(
    { ...sample, labels: new Uint8Array(8) },
    OPTIONS,
  );
  assert.match(one.auroc.difference.undefined!, /no positive/);
  const together = await bootstrapDifferences({ ...sample, clusters: new Int32Array(8) }, OPTIONS);
  assert.match(together.auroc.ci.undefined!, /one cluster/);
  await assert.rejects(
    bootstrapDifferences({ ...sample, scoresB: [0.1] }, OPTIONS),
    /1 scores and 8 labels/,
  );
  await assert.rejects(bootstrapDifferences(sample, { ...OPTIONS, replicates: 0 }), RangeError);
});
