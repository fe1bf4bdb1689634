import assert from "node:assert/strict";
import fc from "fast-check";
import { calibration } from "./calibration.ts";
import { groupClusters } from "./clusters.ts";
import { scoreHistogram } from "./histogram.ts";
import { fitLogistic } from "./logistic.ts";
import { stream } from "./random.ts";
import { agree, arbitrarySample, drawSample } from "../../../tests/support/scoring/samples.ts";

Deno.test("bins hold every sample once, in order, equal scores together", () => {
  fc.assert(fc.property(arbitrarySample(), (sample) => {
    const { bins, expectedError } = calibration(sample, 0.95);
    const { scores, labels } = sample;
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), scores.length);
    let error = 0;
    bins.forEach((bin, at) => {
      if (at > 0) assert.ok(bins[at - 1]!.upper < bin.lower);
      const rows = [...scores.keys()].filter((row) =>
        scores[row]! >= bin.lower && scores[row]! <= bin.upper
      );
      assert.equal(rows.length, bin.count);
      const positives = rows.filter((row) => labels[row] === 1).length;
      assert.equal(positives, bin.positives);
      const mean = rows.reduce((sum, row) => sum + scores[row]!, 0) / rows.length;
      assert.ok(agree(mean, bin.meanScore));
      error += Math.abs(positives - mean * rows.length) / scores.length;
      assert.ok(bin.ci.lower! <= bin.observed && bin.observed <= bin.ci.upper!);
    });
    if (scores.length > 0) assert.ok(agree(expectedError.value!, error));
  }));
});

Deno.test("without ties bins are tenths", () => {
  const scores = Float64Array.from({ length: 200 }, (_, at) => (at + 0.5) / 200);
  const labels = Uint8Array.from(scores, (_, at) => at % 2);
  const { bins } = calibration({ scores, labels, clusters: null }, 0.95);
  assert.deepEqual(bins.map(({ count }) => count), new Array(10).fill(20));
});

Deno.test("scores that are true chances have slope 1, intercept 0 and little error", () => {
  const random = stream(1, 0);
  const scores = Float64Array.from({ length: 40_000 }, () => 0.02 + 0.9 * random.uniform());
  const labels = Uint8Array.from(scores, (score) => random.uniform() < score ? 1 : 0);
  const result = calibration({ scores, labels, clusters: null }, 0.999);
  assert.ok(result.slope.ci.lower! < 1 && 1 < result.slope.ci.upper!);
  assert.ok(result.intercept.ci.lower! < 0 && 0 < result.intercept.ci.upper!);
  assert.ok(result.inTheLarge.ci.lower! < 0 && 0 < result.inTheLarge.ci.upper!);
  assert.ok(result.expectedError.value! < 0.02);
});

Deno.test("scores made too extreme have half the slope, scores made too low a high intercept", () => {
  const { scores, labels, clusters } = drawSample({
    ...{ seed: 2, clusters: 300, perCluster: 2, prevalence: 0.3, shared: 0.4 },
  });
  const logistic = (change: (logit: number) => number): Float64Array =>
    scores.map((score) => 1 / (1 + Math.exp(-change(Math.log(score / (1 - score))))));
  const plain = calibration({ scores, labels, clusters }, 0.95);
  const extreme = calibration(
    { scores: logistic((logit) => 2 * logit), labels, clusters },
    0.95,
  );
  assert.ok(agree(extreme.slope.value.value!, plain.slope.value.value! / 2, 1e-9));
  assert.ok(agree(extreme.intercept.value.value!, plain.intercept.value.value!, 1e-9));
  const low = calibration({ scores: logistic((logit) => logit - 3), labels, clusters }, 0.95);
  assert.ok(agree(low.inTheLarge.value.value!, plain.inTheLarge.value.value! + 3, 1e-9));
});

Deno.test("at the maximum residuals sum to 0, also weighted by x", () => {
  const { scores, labels, clusters } = drawSample({
    ...{ seed: 3, clusters: 100, perCluster: 2, prevalence: 0.2, shared: 0.4 },
  });
  const x = scores.map((score) => Math.log(score / (1 - score)));
  const model = { x, labels, ...groupClusters(clusters, x.length) };
  const fit = fitLogistic({ ...model, withSlope: true })!;
  const [intercept, slope] = fit.coefficients as [number, number];
  const residual = (at: number): number =>
    labels[at]! - 1 / (1 + Math.exp(-(intercept + slope * x[at]!)));
  let [sum, weighted] = [0, 0];
  x.forEach((value, at) => {
    sum += residual(at);
    weighted += residual(at) * value;
  });
  assert.ok(Math.abs(sum) < 1e-9 && Math.abs(weighted) < 1e-9);
});

Deno.test("the clustered variance is the sandwich with scores summed within clusters", () => {
  const { scores, labels, clusters } = drawSample({
    ...{ seed: 4, clusters: 60, perCluster: 3, prevalence: 0.3, shared: 0.8 },
  });
  const x = scores.map((score) => Math.log(score / (1 - score)));
  const grouping = groupClusters(clusters, x.length);
  const fit = fitLogistic({ x, labels, ...grouping, withSlope: true })!;
  const [intercept, slope] = fit.coefficients as [number, number];
  const chances = x.map((value) => 1 / (1 + Math.exp(-(intercept + slope * value))));
  // The bread of the sandwich: inverse of Σ p (1 − p) [1 x; x x²].
  const weight = (at: number): number => chances[at]! * (1 - chances[at]!);
  const sum = (of: (at: number) => number): number =>
    [...x.keys()].reduce((total, at) => total + of(at), 0);
  const [a, b, c] = [
    sum(weight),
    sum((at) => weight(at) * x[at]!),
    sum((at) => weight(at) * x[at]! ** 2),
  ];
  const determinant = a * c - b * b;
  let ofSlope = 0;
  for (let cluster = 0; cluster < grouping.clusters; cluster++) {
    const members = [...x.keys()].filter((at) => grouping.clusterOf[at] === cluster);
    const first = members.reduce((total, at) => total + labels[at]! - chances[at]!, 0);
    const second = members.reduce((total, at) => total + (labels[at]! - chances[at]!) * x[at]!, 0);
    ofSlope += ((-b * first + a * second) / determinant) ** 2;
  }
  assert.ok(agree(fit.clusteredVariances![1]!, 60 / 59 * ofSlope));
  assert.ok(agree(fit.variances[1]!, a / determinant));
});

Deno.test("what cannot be calibrated says why", () => {
  const clusters = null;
  const labels = Uint8Array.of(0, 1, 0, 1);
  const outside = calibration({ scores: [0.1, 2, 0.3, 0.4], labels, clusters }, 0.95);
  assert.match(outside.expectedError.undefined!, /outside/);
  assert.deepEqual(outside.bins, []);
  const extreme = calibration({ scores: [0, 0.2, 0.3, 1], labels, clusters }, 0.95);
  assert.match(extreme.slope.value.undefined!, /2 scores are exactly 0 or 1/);
  assert.equal(extreme.bins.length, 4);
  const apart = calibration({ scores: [0.1, 0.8, 0.2, 0.9], labels, clusters }, 0.95);
  assert.match(apart.slope.value.undefined!, /do not overlap/);
  assert.equal(apart.inTheLarge.value.undefined, null);
  const tied = calibration({ scores: [0.5, 0.5, 0.5, 0.5], labels, clusters }, 0.95);
  assert.match(tied.slope.value.undefined!, /do not overlap/);
  const one = calibration({ scores: [0.1, 0.2], labels: [0, 0], clusters }, 0.95);
  assert.match(one.slope.value.undefined!, /no positive/);
  assert.match(
    calibration({ scores: [], labels: [], clusters }, 0.95).slope.value.undefined!,
    /no samples/,
  );
});

Deno.test("a histogram counts every sample of each class where its score lies", () => {
  const any = fc.array(
    fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 1 })),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        any,
        arbitrarySample().map(({ scores, labels }) =>
          [...scores].map((score, at): [number, number] => [score, labels[at]!])
        ),
      ),
      (rows) => {
        const labels = Uint8Array.from(rows, ([, label]) => label);
        const { edges, positives, negatives } = scoreHistogram(
          rows.map(([score]) => score),
          labels,
        );
        assert.equal(edges.length, rows.length === 0 ? 0 : positives.length + 1);
        for (const [label, counts] of [[1, positives], [0, negatives]] as const) {
          counts.forEach((count, bin) => {
            const last = bin === counts.length - 1;
            const inside = rows.filter(([score, of]) =>
              of === label && score >= edges[bin]! &&
              (last ? score <= edges[bin + 1]! : score < edges[bin + 1]!)
            );
            assert.equal(count, inside.length);
          });
          const all = rows.filter(([, of]) => of === label).length;
          assert.equal(counts.reduce((sum, count) => sum + count, 0), all);
        }
      },
    ),
  );
});

Deno.test("scores within [0, 1] have twentieths, others their own range", () => {
  assert.equal(scoreHistogram([0.3], [1]).edges.length, 21);
  assert.equal(scoreHistogram([0.3], [1]).edges[7], 0.35);
  const logits = scoreHistogram([-2, 8], [0, 1]);
  assert.deepEqual([logits.edges[0], logits.edges[20]], [-2, 8]);
  assert.deepEqual(scoreHistogram([7, 7], [0, 1]), {
    edges: [7, 7],
    positives: [1],
    negatives: [1],
  });
});

Deno.test("the debiased error of calibrated scores is far below the plain one, that of wrong ones is not", () => {
  const random = stream(21, 0);
  const scores = Float64Array.from({ length: 2000 }, () => random.uniform());
  const labels = Uint8Array.from(scores, (score) => random.uniform() < score ? 1 : 0);
  const right = calibration({ scores, labels, clusters: null }, 0.95);
  assert.ok(right.expectedError.value! > 0.01);
  assert.ok(right.debiasedError.value! < 0.75 * right.expectedError.value!);
  const wrong = calibration(
    { scores: scores.map((score) => score / 2), labels, clusters: null },
    0.95,
  );
  assert.ok(wrong.debiasedError.value! > 0.95 * wrong.expectedError.value!);
});

Deno.test("slope, intercept and calibration in the large each have their own reason", () => {
  const apart = { scores: [0.1, 0.2, 0.8, 0.9], labels: Uint8Array.of(0, 0, 1, 1), clusters: null };
  const { slope, intercept, inTheLarge } = calibration(apart, 0.95);
  assert.match(slope.value.undefined!, /^The scores of the classes do not overlap/);
  assert.match(intercept.value.undefined!, /^The slope has none/);
  assert.equal(inTheLarge.value.undefined, null);
});
