import assert from "node:assert/strict";
import fc from "fast-check";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { bootstrapChosen } from "./chosen_threshold.ts";
import { clusterKinds } from "./cluster_kinds.ts";
import { countAtThresholds } from "./counts.ts";
import { quantile } from "./quantile.ts";
import { stream } from "./random.ts";
import type { ClusteredSample } from "./sample.ts";
import { arbitraryTwoClasses, drawSample } from "../../../tests/support/scoring/samples.ts";
import { chooseThreshold, type ChosenShare } from "./threshold_choice.ts";
import { type ClusterSums, countShares, sumClusters } from "./threshold_metrics.ts";

const OPTIONS: BootstrapOptions = {
  replicates: 2000,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: true,
};

/** Naive choice and counts. */
function sumsByTheWords(sample: ClusteredSample, choice: ChosenShare): ClusterSums | null {
  const threshold = chooseThreshold(countAtThresholds(sample.scores, sample.labels), choice).value;
  if (threshold === null) return null;
  const kinds = clusterKinds(sample, threshold);
  return sumClusters(kinds, Int32Array.from(kinds, ({ clusters }) => clusters));
}

/** All statistics; the first call has the counts of the sample itself. */
function sumsOf(sample: ClusteredSample, choice: ChosenShare, replicates = 1): ClusterSums[] {
  const seen: ClusterSums[] = [];
  bootstrapChosen(sample, choice, { ...OPTIONS, replicates }, (sums) => {
    seen.push(sums);
    return [0];
  });
  return seen;
}

const choices: fc.Arbitrary<ChosenShare> = fc.tuple(
  fc.boolean(),
  fc.oneof(fc.constantFrom(0, 0.5, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true })),
).map(([found, share]) => found ? { sensitivity: share } : { specificity: share });

Deno.test("bootstrapChosen: scanning cells chooses and counts as the sample does, repeated clusters too", () => {
  fc.assert(
    fc.property(
      arbitraryTwoClasses(),
      choices,
      fc.integer({ min: 1, max: 3 }),
      (sample, choice, times) => {
        const copies = [...sample.labels.keys()].flatMap((at) =>
          Array.from(
            { length: times },
            (_, copy) => ({ at, cluster: sample.clusters[at]! * 8 + copy }),
          )
        );
        const repeated: ClusteredSample = {
          scores: Float64Array.from(copies, ({ at }) => sample.scores[at]!),
          labels: Uint8Array.from(copies, ({ at }) => sample.labels[at]!),
          clusters: Int32Array.from(copies, ({ cluster }) => cluster),
        };
        const expected = sumsByTheWords(repeated, choice);
        if (expected !== null) assert.deepEqual(sumsOf(repeated, choice)[0], expected);
      },
    ),
  );
});

Deno.test("bootstrapChosen: many samples, of which only those near the threshold are looked at", () => {
  const sample = drawSample({
    ...{ seed: 3, clusters: 6000, perCluster: 2, prevalence: 0.3, shared: 0.3 },
  });
  for (const choice of [{ sensitivity: 0.9 }, { specificity: 0.9 }, { sensitivity: 0.02 }]) {
    const [observed] = sumsOf(sample, choice);
    const expected = sumsByTheWords(sample, choice)!;
    const off = Math.abs(
      countShares(observed!).specificity[0] - countShares(expected).specificity[0],
    );
    // Neighbouring scores share a cell if there are more than 1,024 in the window.
    assert.ok(off <= 12, `${JSON.stringify(choice)}: ${off} negatives`);
  }
});

/** Draws, chooses and counts cluster by cluster. */
function naive(
  sample: ClusteredSample,
  choice: ChosenShare,
  metric: "specificity" | "sensitivity" | "ppv" | "recallRate",
): [number, number] {
  const ids = [...new Set(sample.clusters!)];
  const members = ids.map((id) =>
    [...sample.labels.keys()].filter((at) => sample.clusters![at] === id)
  );
  const values = Array.from({ length: 1000 }, (_, replicate) => {
    const random = stream(99, replicate);
    const drawn = ids.flatMap((_, copy) =>
      members[random.integer(ids.length)]!.map((at) => ({ at, copy }))
    );
    const sums = sumsByTheWords({
      scores: Float64Array.from(drawn, ({ at }) => sample.scores[at]!),
      labels: Uint8Array.from(drawn, ({ at }) => sample.labels[at]!),
      clusters: Int32Array.from(drawn, ({ copy }) => copy),
    }, choice)!;
    const [count, of] = countShares(sums)[metric];
    return count / of;
  });
  const ascending = Float64Array.from(values).sort();
  return [quantile(ascending, 0.025), quantile(ascending, 0.975)];
}

Deno.test("bootstrapChosen: the intervals of drawing, choosing and counting one by one", () => {
  const sample = drawSample({
    ...{ seed: 5, clusters: 120, perCluster: 2, prevalence: 0.2, shared: 0.4 },
  });
  for (
    const [choice, metric] of [
      [{ sensitivity: 0.9 }, "specificity"],
      [{ specificity: 0.9 }, "sensitivity"],
      [{ sensitivity: 0.8 }, "ppv"],
      [{ sensitivity: 0.8 }, "recallRate"],
    ] as const
  ) {
    const [ci] = bootstrapChosen(sample, choice, { ...OPTIONS, stratified: false }, (sums) => {
      const [count, of] = countShares(sums)[metric];
      return [count / of];
    });
    const [lower, upper] = naive(sample, choice, metric);
    const width = upper - lower;
    assert.ok(Math.abs(ci!.lower! - lower) < 0.12 * width, `${metric}: ${ci!.lower}, not ${lower}`);
    assert.ok(Math.abs(ci!.upper! - upper) < 0.12 * width, `${metric}: ${ci!.upper}, not ${upper}`);
  }
});

const golden = JSON.parse(
  await Deno.readTextFile(
    new URL("../../../tests/golden/scoring/thresholds.json", import.meta.url),
  ),
).seeded;

async function goldenSample(): Promise<ClusteredSample> {
  const text = await Deno.readTextFile(
    new URL("../../../tests/golden/scoring/thresholds.csv", import.meta.url),
  );
  const rows = text.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
  return {
    labels: Uint8Array.from(rows, ([truth]) => truth!),
    scores: Float64Array.from(rows, ([, score]) => score!),
    clusters: null,
  };
}

// Tolerances are four standard deviations of 2,000 replicates, from the source; otherwise one step
// of the counted share, or two of the largest step of the others.
Deno.test("bootstrapChosen: pROC's ci.sp and ci.se", async () => {
  const sample = await goldenSample();
  const share = (metric: "specificity" | "sensitivity") => (sums: ClusterSums) => {
    const [count, of] = countShares(sums)[metric];
    return [count / of];
  };
  for (
    const [metric, by, rows] of [
      ["specificity", "sensitivity", golden.specificity_at_sensitivity],
      ["sensitivity", "specificity", golden.sensitivity_at_specificity],
    ] as const
  ) {
    for (const { at, low, high } of rows) {
      const choice = { [by]: at } as unknown as ChosenShare;
      const [ci] = bootstrapChosen(sample, choice, OPTIONS, share(metric));
      assert.ok(Math.abs(ci!.lower! - low) < 0.04, `${metric} at ${at}: ${ci!.lower}, not ${low}`);
      assert.ok(
        Math.abs(ci!.upper! - high) < 0.025,
        `${metric} at ${at}: ${ci!.upper}, not ${high}`,
      );
    }
  }
  const { low, high } = golden.step_bootstrap_specificity_at_sensitivity_0_9;
  const noise = golden.monte_carlo_sd_of_2000_replicates;
  const [ci] = bootstrapChosen(sample, { sensitivity: 0.9 }, OPTIONS, share("specificity"));
  assert.ok(Math.abs(ci!.lower! - low) < 4 * noise.low, `${ci!.lower}, not ${low}`);
  assert.ok(Math.abs(ci!.upper! - high) < 4 * noise.high, `${ci!.upper}, not ${high}`);
});

Deno.test("bootstrapChosen: too few of a class, or no variation, and the reason", () => {
  const clusters = Int32Array.from({ length: 30 }, (_, at) => at);
  const sampleOf = (positives: number): ClusteredSample => ({
    scores: Float64Array.from(clusters, (at) => at < positives ? 1 + at : -at),
    labels: Uint8Array.from(clusters, (at) => at < positives ? 1 : 0),
    clusters,
  });
  const specificity = (sums: ClusterSums): number[] => [
    countShares(sums).specificity[0] / countShares(sums).specificity[1],
  ];
  const few = bootstrapChosen(sampleOf(4), { sensitivity: 0.9 }, OPTIONS, specificity);
  assert.match(few[0]!.undefined!, /at least 5/);
  const apart = bootstrapChosen(sampleOf(8), { sensitivity: 0.9 }, OPTIONS, specificity);
  assert.match(apart[0]!.undefined!, /the same share/);
});

Deno.test("units within clusters are counted at a threshold that is chosen anew, too", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), choices, (sample, choice) => {
    const units = sample.clusters!;
    const paired = { ...sample, clusters: units.map((unit) => unit >> 1), units };
    const expected = sumsByTheWords(paired, choice);
    if (expected !== null) assert.deepEqual(sumsOf(paired, choice)[0], expected);
    assert.deepEqual(sumsByTheWords({ ...sample, units }, choice), sumsByTheWords(sample, choice));
  }));
});
