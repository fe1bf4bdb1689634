import assert from "node:assert/strict";
import fc from "fast-check";
import { auprc } from "./auprc.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average_precision.ts";
import { type AreaName, AREAS, bootstrapAreas, planClusters, planRows } from "./bootstrap.ts";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { naiveReplicates } from "../../../tests/support/scoring/naive_bootstrap.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { quantile } from "./quantile.ts";
import { stream } from "./random.ts";
import { replicateRange, runReplicatesHere } from "./replicates.ts";
import { resampler } from "./resampling.ts";
import {
  agree,
  arbitrarySample,
  arbitraryTwoClasses,
  drawSample,
  sameDistribution,
  type TestSample,
} from "../../../tests/support/scoring/samples.ts";

const OPTIONS: BootstrapOptions = {
  replicates: 500,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: false,
};

/** Small and large, with and without ties, rare and frequent positives. */
const SAMPLES: Record<string, TestSample> = {
  "24 rows, ties": drawSample({
    ...{ seed: 1, clusters: 12, perCluster: 2, prevalence: 0.3, shared: 0.5, steps: 8 },
  }),
  "200 rows, one in ten": drawSample({
    ...{ seed: 2, clusters: 100, perCluster: 2, prevalence: 0.1, shared: 0.5 },
  }),
  "1,440 rows, one in twenty": drawSample({
    ...{ seed: 3, clusters: 720, perCluster: 2, prevalence: 0.05, shared: 0.4, steps: 200 },
  }),
  "300 rows, mostly positive": drawSample({
    ...{ seed: 4, clusters: 100, perCluster: 3, prevalence: 0.9, shared: 0.2 },
  }),
};

for (const [name, sample] of Object.entries(SAMPLES)) {
  Deno.test(`drawing cells is distributed as drawing rows one by one: ${name}`, () => {
    const alone = { ...sample, clusters: null };
    const fast = replicateRange(planRows(sample, false), 11, 0, 2500);
    const naive = naiveReplicates(alone, { replicates: 2500, seed: 12 });
    AREAS.forEach((area, at) => {
      const [one, other] = [fast[at]!, naive[at]!].map((column) =>
        column.filter((value) => !Number.isNaN(value))
      );
      const p = sameDistribution(one!, other!);
      // Seeds are fixed: p below 0.001 would be a real difference.
      assert.ok(p > 0.001, `${area}: p is ${p}`);
    });
  });
}

Deno.test("drawing clusters is copying them, replicate by replicate", () => {
  fc.assert(
    fc.property(arbitraryTwoClasses(), fc.nat(), (sample, seed) => {
      const fast = replicateRange(planClusters(sample, false), seed, 0, 6);
      const naive = naiveReplicates(sample, { replicates: 6, seed });
      AREAS.forEach((area, at) => {
        naive[at]!.forEach((value, replicate) => {
          const ours = fast[at]![replicate]!;
          assert.ok(
            Number.isNaN(value) ? Number.isNaN(ours) : agree(ours, value),
            `${area} of replicate ${replicate}: ${ours} instead of ${value}`,
          );
        });
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("drawing pairs is copying them, replicate by replicate", () => {
  const sample = SAMPLES["200 rows, one in ten"]!;
  const fast = replicateRange(planClusters(sample, false), 8, 0, 50);
  const naive = naiveReplicates(sample, { replicates: 50, seed: 8 });
  AREAS.forEach((area, at) => {
    naive[at]!.forEach((value, replicate) => {
      assert.ok(agree(fast[at]![replicate]!, value), `${area} of replicate ${replicate}`);
    });
  });
});

Deno.test("many clusters, drawn block by block, are distributed as drawn one by one", () => {
  const sample = drawSample({
    ...{ seed: 6, clusters: 9000, perCluster: 1, prevalence: 0.004, shared: 0.5 },
  });
  const fast = replicateRange(planClusters(sample, false), 21, 0, 2000);
  const naive = naiveReplicates(sample, { replicates: 250, seed: 22 });
  AREAS.forEach((area, at) => {
    const p = sameDistribution(fast[at]!, naive[at]!);
    assert.ok(p > 0.001, `${area}: p is ${p}`);
  });
});

Deno.test("every replicate draws as many samples, or clusters, as there are", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), fc.nat(), fc.boolean(), (sample, seed, strata) => {
    const plan = planRows(sample, strata);
    const weights = new Int32Array(3 * plan.positiveScores + 2);
    const draw = resampler(plan);
    const positives = sample.labels.reduce((sum, label) => sum + label, 0);
    for (let replicate = 0; replicate < 5; replicate++) {
      draw(stream(seed, replicate), weights);
      const drawn = weights.subarray(0, -1);
      assert.equal(drawn.reduce((sum, count) => sum + count, 0), sample.labels.length);
      drawn.forEach((count, cell) => assert.ok(count === 0 || plan.counts[cell]! > 0));
      if (!strata) continue;
      const found = drawn.subarray(2 * plan.positiveScores + 1);
      assert.equal(found.reduce((sum, count) => sum + count, 0), positives);
    }
  }));
});

Deno.test("strata keep the number of clusters with a positive", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), fc.nat(), (sample, seed) => {
    const plan = planClusters(sample, true);
    const marked = planClusters(
      // One sample per cluster, labelled by whether the cluster has a positive.
      clusterMarks(sample),
      true,
    );
    assert.deepEqual(plan.strata, marked.strata);
    const draw = resampler(marked);
    const weights = new Int32Array(3 * marked.positiveScores + 2);
    draw(stream(seed, 0), weights);
    const holding = weights.subarray(2 * marked.positiveScores + 1, -1);
    assert.equal(
      holding.reduce((sum, count) => sum + count, 0),
      plan.strata.length === 1 ? marked.starts.length - 1 : plan.strata[0],
    );
  }));
});

function clusterMarks({ labels, clusters }: TestSample): TestSample {
  const ids = [...new Set(clusters)];
  const marks = ids.map((id) => labels.some((label, at) => label === 1 && clusters[at] === id));
  return {
    scores: Float64Array.from(ids),
    others: Float64Array.from(ids),
    labels: Uint8Array.from(marks, Number),
    clusters: Int32Array.from(ids),
  };
}

Deno.test("the percentile interval is the quantiles of what the replicates gave", async () => {
  const sample = SAMPLES["200 rows, one in ten"]!;
  for (const clusters of [null, sample.clusters]) {
    const intervals = await bootstrapAreas({ ...sample, clusters }, OPTIONS);
    const plan = clusters === null ? planRows(sample, false) : planClusters(sample, false);
    const columns = replicateRange(plan, OPTIONS.seed, 0, OPTIONS.replicates);
    AREAS.forEach((area, at) => {
      const ascending = columns[at]!.filter((value) => !Number.isNaN(value)).sort();
      assert.ok(agree(intervals[area].lower!, quantile(ascending, 0.025)));
      assert.ok(agree(intervals[area].upper!, quantile(ascending, 0.975)));
    });
  }
});

Deno.test("the same numbers come out whatever the parts in which replicates are computed", () => {
  for (const clusters of [false, true]) {
    const sample = SAMPLES["1,440 rows, one in twenty"]!;
    const plan = clusters ? planClusters(sample, true) : planRows(sample, true);
    const whole = runReplicatesHere(plan, 7, 100);
    const parts = [[0, 1], [1, 40], [40, 99], [99, 100]].map(([from, to]) =>
      replicateRange(plan, 7, from!, to!)
    );
    AREAS.forEach((_, at) => {
      assert.deepEqual(parts.flatMap((part) => [...part[at]!]), [...whole[at]!]);
    });
  }
});

Deno.test("seed, replicates and method change what they must and nothing else", async () => {
  const sample = { ...SAMPLES["200 rows, one in ten"]!, clusters: null };
  const first = await bootstrapAreas(sample, OPTIONS);
  assert.deepEqual(await bootstrapAreas(sample, { ...OPTIONS }), first);
  assert.notDeepEqual(await bootstrapAreas(sample, { ...OPTIONS, seed: 2 }), first);
  const wider = await bootstrapAreas(sample, { ...OPTIONS, confidence: 0.99 });
  for (const area of AREAS) {
    assert.ok(wider[area].lower! < first[area].lower!);
    assert.ok(wider[area].upper! > first[area].upper!);
  }
});

/** Textbook BCa: percentiles shifted by the median bias and the jackknife skewness. */
function bcaByTheBook(
  sample: TestSample,
  area: AreaName,
  replicates: Float64Array,
): [number, number] {
  const rows = [...sample.labels.keys()];
  const areaOf = (kept: readonly number[]): number =>
    PLAIN[area](
      Float64Array.from(kept, (row) => sample.scores[row]!),
      Uint8Array.from(kept, (row) => sample.labels[row]!),
    ).value!;
  const observed = areaOf(rows);
  const leftOut = rows.map((row) => areaOf(rows.filter((other) => other !== row)));
  const mean = leftOut.reduce((sum, value) => sum + value, 0) / leftOut.length;
  const cubes = leftOut.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  const squares = leftOut.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const a = cubes / (6 * squares ** 1.5);
  const ascending = replicates.toSorted();
  const z0 = normalQuantile(
    ascending.filter((value) => value < observed).length / ascending.length,
  );
  const limit = (z: number): number =>
    quantile(ascending, normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z))));
  return [limit(normalQuantile(0.025)), limit(normalQuantile(0.975))];
}

const PLAIN = { auroc, auprc, averagePrecision } as const;

Deno.test("BCa is what leaving out one row after another gives", async () => {
  const sample = SAMPLES["200 rows, one in ten"]!;
  const options = { ...OPTIONS, replicates: 4000, method: "bca" as const };
  const intervals = await bootstrapAreas({ ...sample, clusters: null }, options);
  const columns = runReplicatesHere(planRows(sample, false), options.seed, options.replicates);
  AREAS.forEach((area, at) => {
    const [lower, upper] = bcaByTheBook(sample, area, columns[at]!);
    // Derivatives and the jackknife differ by about 1 / rows, as expected.
    assert.ok(Math.abs(intervals[area].lower! - lower) < 0.004, `${area}: ${lower}`);
    assert.ok(Math.abs(intervals[area].upper! - upper) < 0.004, `${area}: ${upper}`);
  });
});

Deno.test("BCa by cluster, with and without strata, is near the percentiles and not them", async () => {
  const sample = SAMPLES["1,440 rows, one in twenty"]!;
  for (const stratified of [false, true]) {
    const options = { ...OPTIONS, stratified };
    const percentile = await bootstrapAreas(sample, options);
    const bca = await bootstrapAreas(sample, { ...options, method: "bca" });
    for (const area of AREAS) {
      assert.notEqual(bca[area].lower, percentile[area].lower);
      assert.ok(Math.abs(bca[area].lower! - percentile[area].lower!) < 0.05);
      assert.ok(Math.abs(bca[area].upper! - percentile[area].upper!) < 0.05);
    }
  }
});

Deno.test("a perfect classifier has no BCa interval that says more than the sample", async () => {
  const scores = Float64Array.from({ length: 20 }, (_, at) => at);
  const labels = Uint8Array.from(scores, (score) => score >= 15 ? 1 : 0);
  const sample = { scores, labels, clusters: null };
  const { auroc: perfect } = await bootstrapAreas(sample, { ...OPTIONS, method: "bca" });
  // All replicates equal the estimate.
  assert.match(perfect.undefined!, /All replicates give the same value/);
});

Deno.test("what is undefined says why, and nothing is ever NaN", async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySample(14), fc.boolean(), async (sample, byCluster) => {
      const clusters = byCluster ? sample.clusters : null;
      const { used, discarded, ...intervals } = await bootstrapAreas(
        { ...sample, clusters },
        { ...OPTIONS, replicates: 50 },
      );
      assert.ok(used + discarded === 0 || used + discarded === 50);
      for (const { lower, upper, undefined: reason } of Object.values(intervals)) {
        if (reason === null) assert.ok(lower <= upper && lower >= 0 && upper <= 1);
        else assert.ok(reason.length > 0);
      }
    }),
  );
  const few = { scores: [0.1, 0.2, 0.3], labels: Uint8Array.of(0, 1, 0), clusters: null };
  assert.match((await bootstrapAreas(few, OPTIONS)).auroc.undefined!, /3 samples, fewer than/);
  const one = { ...SAMPLES["24 rows, ties"]!, clusters: new Int32Array(24) };
  assert.match((await bootstrapAreas(one, OPTIONS)).auroc.undefined!, /one cluster/);
  const lonely = {
    scores: Float64Array.from({ length: 9 }, (_, at) => at),
    labels: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1),
    clusters: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1),
  };
  // Half of the draws of two clusters contain only one of them.
  const seldom = await bootstrapAreas(lonely, { ...OPTIONS, replicates: 2000 });
  assert.ok(Math.abs(seldom.discarded - 1000) < 120);
});

Deno.test("options out of bounds are refused", async () => {
  const sample = { ...SAMPLES["24 rows, ties"]!, clusters: null };
  for (
    const wrong of [
      { replicates: 0 },
      { replicates: 1.5 },
      { replicates: 1e9 },
      { seed: -1 },
      { confidence: 0 },
      { confidence: 1 },
    ]
  ) {
    await assert.rejects(bootstrapAreas(sample, { ...OPTIONS, ...wrong }), RangeError);
  }
  const short = { ...sample, clusters: Int32Array.of(1) };
  await assert.rejects(bootstrapAreas(short, OPTIONS), /24 samples and 1 clusters/);
});
