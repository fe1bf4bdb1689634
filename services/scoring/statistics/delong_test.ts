import assert from "node:assert/strict";
import fc from "fast-check";
import { clusteredDelong, pairedClusteredDelong } from "./clustered_delong.ts";
import { delong, pairedDelong } from "./delong.ts";
import {
  agree,
  arbitrarySample,
  arbitraryTwoClasses,
  type TestSample,
} from "../../../tests/support/scoring/samples.ts";

/** The kernel over all positive-negative pairs: 1, ½ or 0. */
function kernel(scores: Float64Array, labels: Uint8Array): number[][] {
  const positives = [...scores].filter((_, at) => labels[at] === 1);
  const negatives = [...scores].filter((_, at) => labels[at] === 0);
  return positives.map((x) => negatives.map((y) => x > y ? 1 : x === y ? 0.5 : 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function transpose(rows: readonly number[][]): number[][] {
  return rows[0]!.map((_, at) => rows.map((row) => row[at]!));
}

function sampleVariance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** By definition: variances of the row and column means of the kernel. */
function naiveVariance(pairs: number[][]): number {
  const columns = transpose(pairs);
  return sampleVariance(pairs.map(mean)) / pairs.length +
    sampleVariance(columns.map(mean)) / columns.length;
}

/** Obuchowski's S10, S01 and S11 as in the paper, cluster by cluster. */
function naiveClusteredVariance(pairs: number[][], labels: Uint8Array, ids: Int32Array): number {
  const area = mean(pairs.map(mean));
  const rowMeans = pairs.map(mean);
  const columnMeans = transpose(pairs).map(mean);
  const positiveIds = [...ids].filter((_, at) => labels[at] === 1);
  const negativeIds = [...ids].filter((_, at) => labels[at] === 0);
  const clusters = [...new Set(ids)];
  const excess = (means: number[], of: number[]): number[] =>
    clusters.map((id) =>
      means.filter((_, at) => of[at] === id).reduce((sum, value) => sum + value - area, 0)
    );
  const x = excess(rowMeans, positiveIds);
  const y = excess(columnMeans, negativeIds);
  const m = positiveIds.length;
  const n = negativeIds.length;
  const i10 = new Set(positiveIds).size;
  const i01 = new Set(negativeIds).size;
  const i = clusters.length;
  const s10 = i10 / ((i10 - 1) * m) * x.reduce((sum, value) => sum + value ** 2, 0);
  const s01 = i01 / ((i01 - 1) * n) * y.reduce((sum, value) => sum + value ** 2, 0);
  const s11 = i / (i - 1) * x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return s10 / m + s01 / n + 2 * s11 / (m * n);
}

function differences(sample: TestSample): number[][] {
  const a = kernel(sample.scores, sample.labels);
  const b = kernel(sample.others, sample.labels);
  return a.map((row, at) => row.map((value, column) => value - b[at]![column]!));
}

Deno.test("DeLong's variance is that of the kernel's row and column means", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), ({ scores, labels }) => {
    const { variance, auroc } = delong(scores, labels, 0.95);
    const pairs = kernel(scores, labels);
    assert.ok(agree(variance.value!, naiveVariance(pairs)));
    assert.ok(agree(auroc.value!, mean(pairs.map(mean))));
  }));
});

Deno.test("the clustered variance is Obuchowski's, term by term", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), ({ scores, labels, clusters }) => {
    const { variance } = clusteredDelong(scores, labels, clusters, 0.95);
    assert.ok(
      agree(variance.value!, naiveClusteredVariance(kernel(scores, labels), labels, clusters)),
    );
  }));
});

Deno.test("with every sample a cluster of its own the clustered form adds the covariance of none", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), ({ scores, labels }) => {
    const alone = Int32Array.from(labels, (_, at) => 7 * at - 3);
    assert.ok(
      agree(
        clusteredDelong(scores, labels, alone, 0.95).variance.value!,
        delong(scores, labels, 0.95).variance.value!,
      ),
    );
  }));
});

Deno.test("a paired comparison has the variance of the kernels' difference", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), (sample) => {
    const { scores, others, labels, clusters } = sample;
    const paired = pairedDelong(scores, others, labels);
    assert.ok(agree(paired.variance.value!, naiveVariance(differences(sample))));
    const clustered = pairedClusteredDelong(scores, others, labels, clusters);
    assert.ok(
      agree(
        clustered.variance.value!,
        naiveClusteredVariance(differences(sample), labels, clusters),
      ),
    );
  }));
});

Deno.test("changing places changes the sign and nothing else", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), ({ scores, others, labels, clusters }) => {
    const one = pairedClusteredDelong(scores, others, labels, clusters);
    const other = pairedClusteredDelong(others, scores, labels, clusters);
    assert.ok(agree(one.difference.value!, -other.difference.value!));
    assert.ok(agree(one.variance.value!, other.variance.value!));
    assert.equal(one.p.value, other.p.value);
  }));
});

Deno.test("the order of the samples and any rising transformation of scores change nothing", () => {
  fc.assert(fc.property(arbitraryTwoClasses(), ({ scores, labels, clusters }) => {
    const straight = clusteredDelong(scores, labels, clusters, 0.9);
    const turned = clusteredDelong(
      scores.map((score) => score * 8).reverse(),
      labels.toReversed(),
      clusters.toReversed(),
      0.9,
    );
    assert.ok(agree(straight.auroc.value!, turned.auroc.value!));
    assert.ok(agree(straight.variance.value!, turned.variance.value!));
  }));
});

Deno.test("nothing is NaN and nothing is certain where the sample says too little", () => {
  fc.assert(fc.property(arbitrarySample(8), ({ scores, others, labels, clusters }) => {
    for (
      const { variance, ci } of [
        delong(scores, labels, 0.95),
        clusteredDelong(scores, labels, clusters, 0.95),
        pairedDelong(scores, others, labels),
        pairedClusteredDelong(scores, others, labels, clusters),
      ]
    ) {
      assert.ok(variance.value === null || Number.isFinite(variance.value));
      assert.ok(ci.lower === null || (ci.lower <= ci.upper && variance.value! > 0));
      assert.ok(ci.lower !== null || ci.undefined!.length > 0);
    }
  }));
});

Deno.test("undefined cases say why", () => {
  const scores = [0.1, 0.2, 0.8, 0.9];
  assert.match(delong(scores, [0, 0, 0, 0], 0.95).variance.undefined!, /no positive/);
  assert.match(delong(scores, [0, 0, 0, 1], 0.95).variance.undefined!, /two of each/);
  assert.match(delong(scores, [0, 0, 1, 1], 0.95).ci.undefined!, /variance is 0/);
  assert.match(
    clusteredDelong(scores, [0, 0, 1, 1], Int32Array.of(1, 2, 3, 3), 0.95).variance.undefined!,
    /1 clusters with a positive/,
  );
  assert.throws(() => delong(scores, [0, 1], 0.95), RangeError);
  assert.throws(() => delong(scores, [0, 0, 1, 1], 1), RangeError);
  assert.throws(
    () => clusteredDelong(scores, [0, 1, 0, 1], Int32Array.of(1), 0.95),
    /4 samples and 1 clusters/,
  );
});
