import assert from "node:assert/strict";
import fc from "fast-check";
import { type Areas, areasOfCells } from "./areas.ts";
import { auprc } from "./auprc.ts";
import { auroc, midranks } from "./auroc.ts";
import { averagePrecision } from "./average_precision.ts";
import { brier, brierInterval } from "./brier.ts";
import { cellCounts, layOutCells } from "./cells.ts";
import { countAtThresholds } from "./counts.ts";
import { precisionRecallCurve } from "./precision_recall.ts";
import { rocCurve } from "./roc.ts";
import { agree, arbitrarySample, type TestSample } from "../../../tests/support/scoring/samples.ts";

function bothClasses({ labels }: TestSample): boolean {
  return labels.includes(0) && labels.includes(1);
}

/** Naive quadratic counts at every distinct score. */
function naiveCounts({ scores, labels }: TestSample): [number, number, number][] {
  const distinct = [...new Set([...scores].map((score) => score + 0))].sort((a, b) => b - a);
  return distinct.map((threshold) => {
    const called = [...labels].filter((_, at) => scores[at]! >= threshold);
    const found = called.filter((label) => label === 1).length;
    return [threshold, found, called.length - found];
  });
}

Deno.test("counts at thresholds are what is at or above each distinct score", () => {
  fc.assert(fc.property(arbitrarySample(), (sample) => {
    const counts = countAtThresholds(sample.scores, sample.labels);
    assert.deepEqual(
      [...counts.thresholds].map((threshold, at) => [
        threshold + 0,
        counts.truePositives[at],
        counts.falsePositives[at],
      ]),
      naiveCounts(sample),
    );
  }));
});

Deno.test("AUROC is the share of pairs in the right order, ties half", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), ({ scores, labels }) => {
    let won = 0;
    let pairs = 0;
    for (let i = 0; i < labels.length; i++) {
      for (let j = 0; j < labels.length; j++) {
        if (labels[i] !== 1 || labels[j] !== 0) continue;
        pairs++;
        won += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }
    }
    assert.ok(agree(auroc(scores, labels).value!, won / pairs));
  }));
});

Deno.test("AUPRC joins the points of the curve, average precision steps between them", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), (sample) => {
    const positives = sample.labels.reduce((sum, label) => sum + label, 0);
    let [recall, precision] = [0, 1];
    let [trapezoids, steps] = [0, 0];
    for (const [, found, wrong] of naiveCounts(sample)) {
      const next = found / (found + wrong);
      trapezoids += (found / positives - recall) * (next + precision) / 2;
      steps += (found / positives - recall) * next;
      [recall, precision] = [found / positives, next];
    }
    assert.ok(agree(auprc(sample.scores, sample.labels).value!, trapezoids));
    assert.ok(agree(averagePrecision(sample.scores, sample.labels).value!, steps));
  }));
});

Deno.test("the areas of the cells are the areas of the sample", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), ({ scores, labels }) => {
    const cells = layOutCells(scores, labels);
    const areas: Areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
    areasOfCells(cellCounts(cells), cells.positiveScores, areas);
    assert.ok(agree(areas.auroc, auroc(scores, labels).value!));
    assert.ok(agree(areas.auprc, auprc(scores, labels).value!));
    assert.ok(agree(areas.averagePrecision, averagePrecision(scores, labels).value!));
  }));
});

Deno.test("areas lie in [0, 1] and do not depend on the order of the samples", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), ({ scores, labels }) => {
    for (const area of [auroc, auprc, averagePrecision]) {
      const { value } = area(scores, labels);
      assert.ok(value! >= 0 && value! <= 1 + 1e-15);
      assert.equal(area(scores.toReversed(), labels.toReversed()).value, value);
    }
  }));
});

Deno.test("turning scores round turns AUROC round; doubling the sample changes no area", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), ({ scores, labels }) => {
    const turned = auroc(scores.map((score) => -score), labels).value!;
    assert.ok(agree(auroc(scores, labels).value!, 1 - turned));
    const twice = Float64Array.of(...scores, ...scores);
    const truth = Uint8Array.of(...labels, ...labels);
    for (const area of [auroc, auprc, averagePrecision]) {
      assert.ok(agree(area(twice, truth).value!, area(scores, labels).value!));
    }
  }));
});

Deno.test("curves start and end where they must and never turn back", () => {
  fc.assert(fc.property(arbitrarySample().filter(bothClasses), ({ scores, labels }) => {
    const counts = countAtThresholds(scores, labels);
    const roc = rocCurve(counts);
    const curve = precisionRecallCurve(counts);
    assert.ok(roc.undefined === null && curve.undefined === null);
    assert.deepEqual([roc.falsePositiveRate[0], roc.truePositiveRate[0]], [0, 0]);
    assert.deepEqual([roc.falsePositiveRate.at(-1), roc.truePositiveRate.at(-1)], [1, 1]);
    assert.deepEqual([curve.recall.at(-1), curve.precision.at(-1), curve.recall[0]], [0, 1, 1]);
    assert.equal(curve.thresholds.length + 1, curve.recall.length);
    for (let at = 1; at < roc.thresholds.length; at++) {
      assert.ok(roc.thresholds[at]! < roc.thresholds[at - 1]!);
      assert.ok(roc.falsePositiveRate[at]! >= roc.falsePositiveRate[at - 1]!);
      assert.ok(roc.truePositiveRate[at]! >= roc.truePositiveRate[at - 1]!);
    }
  }));
});

Deno.test("a missing class is said, whatever is asked", () => {
  const counts = countAtThresholds([0.5, 0.6], [1, 1]);
  assert.match(rocCurve(counts).undefined!, /no negative/);
  assert.match(precisionRecallCurve(counts).undefined!, /precision is 1/);
  assert.match(auprc([], []).undefined!, /no samples/);
  assert.match(auroc([0.1], [0]).undefined!, /no positive/);
});

Deno.test("input that is out of bounds is refused with its place", () => {
  assert.throws(() => auroc([0.1], []), /1 scores and 0 labels/);
  assert.throws(() => auroc([0.1, NaN], [0, 1]), /score 1: it is NaN/);
  assert.throws(() => auroc([0.1, Infinity], [0, 1]), /score 1: it is Infinity/);
  assert.throws(() => auroc([0.1, 0.2], Uint8Array.of(0, 2)), /label 1: it is 2/);
});

Deno.test("midranks share what tied scores take up", () => {
  assert.deepEqual([...midranks([0.2, 0.1, 0.2, 0.9])], [2.5, 1, 2.5, 4]);
  fc.assert(fc.property(arbitrarySample(), ({ scores }) => {
    const ranks = midranks(scores);
    scores.forEach((score, at) => {
      const below = scores.filter((other) => other < score).length;
      const tied = scores.filter((other) => other === score).length;
      assert.equal(ranks[at], below + (tied + 1) / 2);
    });
  }));
});

/** Variance of losses up to 1 that differ only by rounding. */
const ROUNDING = 1e-20;

Deno.test("Brier's score is a mean of squares, its variance that of a mean of clusters", () => {
  fc.assert(fc.property(arbitrarySample(), ({ scores, labels, clusters }) => {
    const losses = [...scores].map((score, at) => (score - labels[at]!) ** 2);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const estimate = brier(scores, labels);
    if (losses.length === 0) return assert.match(estimate.undefined!, /no samples/);
    assert.ok(agree(estimate.value!, mean));
    const ids = [...new Set(clusters)];
    const ci = brierInterval({ scores, labels, clusters }, 0.95);
    if (ids.length < 2) return assert.match(ci.undefined!, /different clusters/);
    const excess = ids.map((id) =>
      losses.reduce((sum, loss, at) => sum + (clusters[at] === id ? loss - mean : 0), 0)
    );
    const variance = ids.length / (ids.length - 1) *
      excess.reduce((sum, value) => sum + value ** 2, 0) / losses.length ** 2;
    // Constant losses may differ by rounding, as may their mean.
    if (variance < ROUNDING) return assert.ok(ci.undefined ?? ci.upper! - ci.lower! < 1e-9);
    const reach = 1.959963984540054 * Math.sqrt(variance);
    assert.ok(agree(ci.lower!, Math.max(0, mean - reach)));
    assert.ok(agree(ci.upper!, Math.min(1, mean + reach)));
  }));
  assert.match(brier([1.5], [1]).undefined!, /outside/);
});
