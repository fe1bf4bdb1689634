import type { ClusteredSample } from "./sample.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { groupClusters } from "./clusters.ts";
import { countAtThresholds } from "./counts.ts";
import { clusterKinds } from "./cluster_kinds.ts";
import { chanceToReach, type OperatingPoint, operatingPoint } from "./operating_point.ts";
import { effectiveShare, oddsShare, sumInterval, wilson } from "./proportion.ts";
import { quantile } from "./quantile.ts";
import { stream } from "./random.ts";
import {
  agree,
  arbitrarySample,
  drawSample,
  type TestSample,
} from "../../../tests/support/scoring/samples.ts";
import { chooseThreshold } from "./threshold_choice.ts";
import {
  countShares,
  sumClusters,
  THRESHOLD_METRICS,
  type ThresholdMetric,
} from "./threshold_metrics.ts";

const BOOTSTRAP: BootstrapOptions = {
  replicates: 1000,
  seed: 1,
  confidence: 0.95,
  method: "percentile",
  stratified: false,
};
const PLAIN = { confidence: 0.95, bootstrap: null, prevalence: null };

function measure(
  sample: ClusteredSample,
  threshold: number,
  options: Partial<Parameters<typeof operatingPoint>[3]> = {},
): OperatingPoint {
  const counts = countAtThresholds(sample.scores, sample.labels);
  return operatingPoint(sample, counts, { threshold }, { ...PLAIN, ...options });
}

/** Naive metrics at a threshold, sample by sample and cluster by cluster. */
function byTheWords(
  { scores, labels, clusters }: TestSample,
  threshold: number,
): Record<ThresholdMetric, [number, number]> {
  const rows = [...labels.keys()].map((at) => ({
    called: scores[at]! >= threshold,
    positive: labels[at] === 1,
    cluster: clusters[at]!,
  }));
  const exams = [...new Set(clusters)].map((id) => rows.filter(({ cluster }) => cluster === id));
  const share = <Item>(items: Item[], holds: (item: Item) => boolean): [number, number] => [
    items.filter(holds).length,
    items.length,
  ];
  return {
    sensitivity: share(rows.filter((row) => row.positive), (row) => row.called),
    specificity: share(rows.filter((row) => !row.positive), (row) => !row.called),
    ppv: share(rows.filter((row) => row.called), (row) => row.positive),
    npv: share(rows.filter((row) => !row.called), (row) => !row.positive),
    recallRate: share(exams, (exam) => exam.some((row) => row.called)),
    detectionRate: share(exams, (exam) => exam.some((row) => row.called && row.positive)),
  };
}

Deno.test("shares are what their words say", () => {
  fc.assert(fc.property(arbitrarySample(), fc.double({ min: -0.1, max: 1.1 }), (sample, at) => {
    const threshold = Number.isNaN(at) ? 0.5 : at;
    const { shares } = measure(sample, threshold);
    const expected = byTheWords(sample, threshold);
    for (const metric of THRESHOLD_METRICS) {
      const [count, of] = expected[metric];
      assert.deepEqual([shares[metric].count, shares[metric].of], [count, of], metric);
      assert.equal(shares[metric].value.value, of === 0 ? null : count / of);
      assert.deepEqual(shares[metric].ci, wilson({ count, of }, 0.95));
    }
  }));
});

Deno.test("the threshold with at least a sensitivity or specificity, tried one by one", () => {
  const share = fc.oneof(
    fc.constantFrom(0, 0.5, 0.9, 1),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(fc.property(arbitrarySample(), share, (sample, least) => {
    const counts = countAtThresholds(sample.scores, sample.labels);
    const tried = [...counts.thresholds].map((threshold) => ({
      threshold,
      ...byTheWords(sample, threshold),
    }));
    const reaches = ([count, of]: [number, number]): boolean => count / of >= least;
    assert.equal(
      chooseThreshold(counts, { sensitivity: least }).value,
      tried.find(({ sensitivity }) => reaches(sensitivity))?.threshold ?? null,
    );
    assert.equal(
      chooseThreshold(counts, { specificity: least }).value,
      tried.findLast(({ specificity }) => reaches(specificity))?.threshold ?? null,
    );
  }));
});

Deno.test("where there is no threshold everything says so", () => {
  const sample = {
    scores: Float64Array.of(0.9, 0.5),
    others: new Float64Array(2),
    labels: Uint8Array.of(0, 1),
    clusters: Int32Array.of(1, 2),
  };
  const counts = countAtThresholds(sample.scores, sample.labels);
  const point = operatingPoint(sample, counts, { specificity: 1 }, {
    ...PLAIN,
    prevalence: 0.01,
    bootstrap: BOOTSTRAP,
  });
  assert.match(point.threshold.undefined!, /highest score/);
  assert.match(point.shares.sensitivity.value.undefined!, /highest score/);
  assert.match(point.atPrevalence!.ppv.value.undefined!, /highest score/);
  assert.match(point.shares.ppv.ciByCluster!.undefined!, /denominator of the share is 0/);
  assert.throws(() => measure(sample, 0.5, { prevalence: 1 }), RangeError);
  assert.throws(() => measure(sample, 0.5, { confidence: 0 }), RangeError);
});

Deno.test("re-weighting is repeating the exams until the prevalence is there", () => {
  // 3 exams with cancer and 7 without; at a prevalence of 3/73 there are 10 times as many without.
  const sample = drawSample({
    ...{ seed: 8, clusters: 40, perCluster: 2, prevalence: 0.15, shared: 0.3 },
  });
  const ids = [...new Set(sample.clusters)];
  const withCancer = ids.filter((id) =>
    sample.labels.some((label, at) => label === 1 && sample.clusters[at] === id)
  );
  const others = ids.length - withCancer.length;
  const prevalence = withCancer.length / (withCancer.length + 10 * others);
  const copies = [...sample.labels.keys()].flatMap((at) => {
    const times = withCancer.includes(sample.clusters[at]!) ? 1 : 10;
    return Array.from(
      { length: times },
      (_, copy) => ({ at, cluster: 100 * sample.clusters[at]! + copy }),
    );
  });
  const repeated = {
    scores: Float64Array.from(copies, ({ at }) => sample.scores[at]!),
    others: Float64Array.from(copies, ({ at }) => sample.others[at]!),
    labels: Uint8Array.from(copies, ({ at }) => sample.labels[at]!),
    clusters: Int32Array.from(copies, ({ cluster }) => cluster),
  };
  const { atPrevalence } = measure(sample, 0.4, { prevalence });
  const { shares } = measure(repeated, 0.4);
  for (const metric of ["ppv", "npv", "recallRate", "detectionRate"] as const) {
    const { value, raw } = atPrevalence![metric];
    assert.ok(agree(raw ?? value.value!, shares[metric].value.value!), metric);
  }
});

Deno.test("re-weighted to the sample's own prevalence nothing changes", () => {
  fc.assert(fc.property(arbitrarySample(), (sample) => {
    const kinds = clusterKinds(sample, 0.5);
    const sums = sumClusters(kinds, Int32Array.from(kinds, ({ clusters }) => clusters));
    if (sums.clustersWith === 0 || sums.clustersWithout === 0) return;
    const prevalence = sums.clustersWith / (sums.clustersWith + sums.clustersWithout);
    const { shares, atPrevalence } = measure(sample, 0.5, { prevalence });
    for (const metric of ["ppv", "npv", "recallRate", "detectionRate"] as const) {
      const plain = shares[metric].value.value;
      const again = atPrevalence![metric].value.value;
      const adjusted = atPrevalence![metric].raw;
      assert.ok(plain === null ? again === null : agree(plain, adjusted ?? again!), metric);
      const { lower, upper } = atPrevalence![metric].ci;
      if (lower !== null) assert.ok(lower <= again! + 1e-12 && again! <= upper + 1e-12);
    }
  }));
});

/** Copies clusters and counts again. */
function naiveIntervals(sample: TestSample, threshold: number, seed: number): [number, number][] {
  const { clusters, clusterOf } = groupClusters(sample.clusters, sample.labels.length);
  const members = Array.from(
    { length: clusters },
    (_, cluster) => [...sample.labels.keys()].filter((at) => clusterOf[at] === cluster),
  );
  const replicates = Array.from({ length: BOOTSTRAP.replicates }, (_, replicate) => {
    const random = stream(seed, replicate);
    const drawn = Array.from(
      { length: clusters },
      (_, copy) => members[random.integer(clusters)]!.map((at) => ({ at, copy })),
    ).flat();
    const kinds = clusterKinds({
      scores: Float64Array.from(drawn, ({ at }) => sample.scores[at]!),
      labels: Uint8Array.from(drawn, ({ at }) => sample.labels[at]!),
      clusters: Int32Array.from(drawn, ({ copy }) => copy),
    }, threshold);
    return countShares(sumClusters(kinds, Int32Array.from(kinds, (kind) => kind.clusters)));
  });
  return THRESHOLD_METRICS.map((metric) => {
    const ascending = Float64Array.from(
      replicates,
      (shares) => shares[metric][0] / shares[metric][1],
    ).sort();
    return [quantile(ascending, 0.025), quantile(ascending, 0.975)];
  });
}

Deno.test("by cluster a share has as many samples as its variance over clusters is worth", () => {
  const sample = drawSample({
    ...{ seed: 9, clusters: 300, perCluster: 2, prevalence: 0.2, shared: 0.6 },
  });
  const { shares } = measure(sample, 0.5, { bootstrap: BOOTSTRAP });
  const naive = naiveIntervals(sample, 0.5, 77);
  THRESHOLD_METRICS.forEach((metric, at) => {
    const { lower, upper } = shares[metric].ciByCluster!;
    const width = naive[at]![1] - naive[at]![0];
    assert.ok(Math.abs((upper! - lower!) / width - 1) < 0.15, `${metric}: ${lower} ${naive[at]}`);
    assert.ok(Math.abs(lower! - naive[at]![0]) < 0.2 * width, `${metric}: ${lower}, ${naive[at]}`);
  });
});

Deno.test("chanceToReach: R's pbeta", async () => {
  const { beta_tolerance: { cases } } = JSON.parse(
    await Deno.readTextFile(
      new URL("../../../tests/golden/scoring/thresholds.json", import.meta.url),
    ),
  );
  assert.ok(cases.length > 0);
  for (const { n, k, prob_at_least_target: { target, p } } of cases) {
    const actual = chanceToReach(target, [k, n]);
    assert.ok(Math.abs(actual - p) < 1e-9, `${k} of ${n}: ${actual}, not ${p}`);
  }
  assert.deepEqual([chanceToReach(0, [0, 9]), chanceToReach(0.5, [0, 9])], [1, 0]);
  assert.deepEqual([chanceToReach(1, [9, 9]), chanceToReach(0, [9, 9])], [0, 1]);
});

Deno.test("effectiveShare: independent samples count each, equal members of a cluster once", () => {
  const alone = [{ clusters: 7, count: 1, of: 1 }, { clusters: 13, count: 0, of: 1 }];
  const { count, of } = effectiveShare(alone);
  assert.ok(agree(count, 7) && agree(of, 20));
  const twins = [{ clusters: 7, count: 2, of: 2 }, { clusters: 13, count: 0, of: 2 }];
  assert.ok(agree(effectiveShare(twins).of, 20));
  assert.deepEqual(effectiveShare([{ clusters: 7, count: 2, of: 2 }]), { count: 7, of: 7 });
  assert.deepEqual(effectiveShare([{ clusters: 7, count: 0, of: 0 }]), { count: 0, of: 0 });
  // Members that differ equally in every cluster are no more certain than independent ones.
  assert.deepEqual(effectiveShare([{ clusters: 9, count: 1, of: 2 }]), { count: 9, of: 18 });
});

Deno.test("no share has an interval of no width, at any threshold, prevalence and composition", () => {
  const choice = fc.oneof(
    fc.record({ threshold: fc.double({ min: -0.1, max: 1.1, noNaN: true }) }),
    fc.record({ sensitivity: fc.constantFrom(0, 0.5, 0.9, 1) }),
    fc.record({ specificity: fc.constantFrom(0, 0.5, 0.9, 1) }),
  );
  fc.assert(
    fc.property(arbitrarySample(60), choice, (sample, chosen) => {
      const counts = countAtThresholds(sample.scores, sample.labels);
      const bootstrap = { ...BOOTSTRAP, replicates: 100 };
      const options = { confidence: 0.95, bootstrap, prevalence: 0.006 };
      const { shares, atPrevalence } = operatingPoint(sample, counts, chosen, options);
      for (
        const [name, { value, fixed, ci, ciByCluster }] of [
          ...Object.entries(shares),
          ...Object.entries(atPrevalence!),
        ]
      ) {
        for (const one of [ci, ciByCluster!, fixed.ci, fixed.ciByCluster!]) {
          if (one.undefined !== null) continue;
          assert.ok(one.upper > one.lower, `${name}: ${one.lower} to ${one.upper}`);
          assert.ok(one.lower >= -1e-12 && one.upper <= 1 + 1e-12, name);
        }
        if (value.value !== null && fixed.ci.undefined === null) {
          assert.ok(fixed.ci.lower <= value.value + 1e-12 && value.value <= fixed.ci.upper + 1e-12);
        }
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("a predictive value of 100 % from seven recalls is 5 to 49 % at a prevalence of 6 in 1,000", () => {
  // 60 exams with cancer, 7 of them called; none called of 240 without.
  const labels = Uint8Array.from({ length: 300 }, (_, at) => at < 60 ? 1 : 0);
  const scores = Float64Array.from(labels, (_, at) => at < 7 ? 1 : 0);
  const sample = { scores, others: scores, labels, clusters: Int32Array.from(labels.keys()) };
  const { atPrevalence } = measure(sample, 0.5, { prevalence: 0.006, bootstrap: BOOTSTRAP });
  const { value, raw, ci, ciByCluster } = atPrevalence!.ppv;
  assert.equal(raw, 1);
  assert.ok(ci.lower! > 0.02 && ci.lower! < 0.06, `${ci.lower}`);
  assert.ok(ci.upper! > 0.3 && ci.upper! < 0.5, `${ci.upper}`);
  assert.ok(ci.lower! < value.value! && value.value! < ci.upper!);
  assert.deepEqual(ciByCluster, ci);
  // With one false positive both sides have counts, so nothing is adjusted.
  const other = { ...sample, scores: scores.map((score, at) => at === 299 ? 1 : score) };
  const counted = measure(other, 0.5, { prevalence: 0.006 }).atPrevalence!.ppv;
  assert.equal(counted.raw, null);
});

Deno.test("Wilson's interval solves the score equation and stays within [0, 1]", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (of, number) => {
    const count = number % (of + 1);
    const { lower, upper } = wilson({ count, of }, 0.95);
    assert.ok(lower! >= 0 && lower! <= count / of && count / of <= upper! && upper! <= 1);
    const z = 1.959963984540054;
    for (const limit of [lower!, upper!]) {
      if (limit === 0 || limit === 1) continue;
      const distance = Math.abs(count / of - limit) / Math.sqrt(limit * (1 - limit) / of);
      assert.ok(Math.abs(distance - z) < 1e-6);
    }
  }));
  assert.match(wilson({ count: 0, of: 0 }, 0.95).undefined!, /denominator of the share is 0/);
});

Deno.test("intervals of sums and odds cover what they should", () => {
  const random = stream(12, 0);
  const draw = (of: number, p: number): number => {
    let count = 0;
    for (let trial = 0; trial < of; trial++) count += random.uniform() < p ? 1 : 0;
    return count;
  };
  let [sums, odds, rounds] = [0, 0, 0];
  for (let round = 0; round < 2000; round++) {
    const a = { factor: 0.01, count: draw(60, 0.8), of: 60 };
    const b = { factor: 0.99, count: draw(400, 0.1), of: 400 };
    const ofSum = sumInterval([a, b], 0.95);
    const truth = 0.01 * 0.8 + 0.99 * 0.1;
    sums += ofSum.lower! <= truth && truth <= ofSum.upper! ? 1 : 0;
    const ofOdds = oddsShare([a], [b], 0.95).ci;
    const share = 0.01 * 0.8 / truth;
    odds += ofOdds.lower! <= share && share <= ofOdds.upper! ? 1 : 0;
    rounds++;
  }
  assert.ok(Math.abs(sums / rounds - 0.95) < 0.02, `sums are covered ${sums} times`);
  assert.ok(Math.abs(odds / rounds - 0.95) < 0.02, `odds are covered ${odds} times`);
  assert.match(
    oddsShare([{ factor: 1, count: 0, of: 5 }], [], 0.95).ci.undefined!,
    /denominator of the share is 0/,
  );
});

Deno.test("units within clusters: shares count units, their variance is that of clusters", () => {
  fc.assert(fc.property(arbitrarySample(), (sample) => {
    const units = sample.clusters!;
    const pairs = units.map((unit) => unit >> 1);
    const prevalence = 0.1;
    const byUnit = measure(sample, 0.5, { prevalence });
    const alone = measure({ ...sample, units }, 0.5, { prevalence });
    assert.deepEqual(alone, byUnit, "each cluster its own unit");
    const inPairs = measure({ ...sample, clusters: pairs, units }, 0.5, { bootstrap: BOOTSTRAP });
    const asPairs = measure({ ...sample, clusters: pairs }, 0.5, { bootstrap: BOOTSTRAP });
    for (const metric of THRESHOLD_METRICS) {
      const { value, count, of, ci } = inPairs.shares[metric];
      const expected = byUnit.shares[metric];
      assert.deepEqual({ value, count, of, ci }, {
        value: expected.value,
        count: expected.count,
        of: expected.of,
        ci: expected.ci,
      }, metric);
      if (metric === "recallRate" || metric === "detectionRate") continue;
      const { lower, upper } = inPairs.shares[metric].ciByCluster!;
      const pairwise = asPairs.shares[metric].ciByCluster!;
      if (lower === null) assert.equal(pairwise.lower, null);
      else assert.ok(agree(lower, pairwise.lower!) && agree(upper, pairwise.upper!), metric);
    }
  }));
});
