import assert from "node:assert/strict";
import { degreesOfFreedom, designOf, designVariance, jackknife, shareIntervals } from "./design.ts";
import { normalQuantile } from "./normal.ts";
import { stream } from "./random.ts";

/** A few samples in clusters and strata, drawn at random. */
function drawn(step: number): {
  weights: Float64Array;
  clusters: Int32Array;
  strata: Int32Array;
  terms: Float64Array;
} {
  const random = stream(11, step);
  const size = 4 + random.integer(12);
  const numbers = (bound: number): Int32Array =>
    Int32Array.from({ length: size }, () => random.integer(bound));
  return {
    weights: Float64Array.from({ length: size }, () => 0.5 + 3 * random.uniform()),
    clusters: numbers(7),
    strata: numbers(1 + random.integer(3)),
    terms: Float64Array.from({ length: size }, () => random.uniform() - 0.4),
  };
}

function close(ours: number, theirs: number): void {
  assert.ok(Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs)), `${ours} ${theirs}`);
}

Deno.test("variance of a design: sums of clusters around the means of their strata, counted naively", () => {
  for (let step = 0; step < 200; step++) {
    const { weights, clusters, strata, terms } = drawn(step);
    const sums = new Map<number, Map<number, number>>();
    for (const [at, term] of terms.entries()) {
      const held = sums.get(strata[at]!) ?? new Map<number, number>();
      sums.set(
        strata[at]!,
        held.set(clusters[at]!, (held.get(clusters[at]!) ?? 0) + weights[at]! * term),
      );
    }
    let expected = 0;
    let df = 0;
    for (const held of sums.values()) {
      const of = [...held.values()];
      const mean = of.reduce((sum, one) => sum + one, 0) / of.length;
      const squares = of.reduce((sum, one) => sum + (one - mean) ** 2, 0);
      if (of.length > 1) expected += of.length / (of.length - 1) * squares;
      df += of.length - 1;
    }
    const design = designOf(weights, clusters, strata);
    close(designVariance(design, terms), expected);
    assert.equal(degreesOfFreedom(design), df);
  }
});

Deno.test("jackknife: of a weighted sum it is the linearised standard error, and scaled weights change no mean", () => {
  for (let step = 0; step < 200; step++) {
    const { weights, clusters, strata, terms } = drawn(step);
    const design = designOf(weights, clusters, strata);
    if (design.sizes.some((size) => size === 1)) continue;
    const sum = (of: Float64Array): number =>
      of.reduce((all, weight, at) => all + weight * terms[at]!, 0);
    close(jackknife(design, sum)!, Math.sqrt(designVariance(design, terms)));
    const mean = (of: Float64Array): number => sum(of) / of.reduce((all, one) => all + one, 0);
    const scaled = designOf(weights.map((weight) => 7 * weight), clusters, strata);
    const error = jackknife(design, mean)!;
    if (Number.isFinite(error)) close(jackknife(scaled, mean)!, error);
  }
});

Deno.test("intervals of a share: of simple random samples they are the textbook's, and limits are shares", () => {
  for (const [count, of] of [[3, 20], [10, 20], [40, 50], [1, 9]] as const) {
    const ones = new Float64Array(of).fill(1);
    const design = designOf(ones, null, null);
    const share = count / of;
    const members = Uint8Array.from(ones);
    const terms = ones.map((_, at) => ((at < count ? 1 : 0) - share) / of);
    const error = Math.sqrt(designVariance(design, terms));
    close(error, Math.sqrt(share * (1 - share) / (of - 1)));
    const { normal, t, logit, beta } = shareIntervals(share, error, members, design, 0.9);
    close(normal.upper! - share, normalQuantile(0.95) * error);
    assert.ok(t.lower! < normal.lower! && t.upper! > normal.upper!);
    for (const { lower, upper } of [logit, beta]) {
      assert.ok(0 < lower! && lower! < share && share < upper! && upper! < 1);
    }
  }
  const single = designOf(Float64Array.of(1), null, null);
  assert.notEqual(shareIntervals(1, 0, Uint8Array.of(1), single, 0.95).beta.undefined, null);
});
