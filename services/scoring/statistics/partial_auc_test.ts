import assert from "node:assert/strict";
import { aurocOfCounts } from "./auroc.ts";
import { countAtThresholds } from "./counts.ts";
import { partialAuc } from "./partial_auc.ts";
import { stream } from "./random.ts";

function drawn(step: number): { scores: Float64Array; labels: Uint8Array } {
  const random = stream(5, step);
  const size = 4 + random.integer(20);
  const labels = Uint8Array.from({ length: size }, (_, at) => at < 2 ? at : random.integer(2));
  // Few distinct scores, so that many are tied.
  return { scores: Float64Array.from(labels, (label) => random.integer(8) + label), labels };
}

/** Points of the ROC curve by counting at each threshold: 1 − specificity, sensitivity. */
function rocPoints(scores: Float64Array, labels: Uint8Array): [number, number][] {
  const share = (label: number, least: number): number => {
    const held = [...scores].filter((_, at) => labels[at] === label);
    return held.filter((score) => score >= least).length / held.length;
  };
  const thresholds = [Infinity, ...[...new Set(scores)].sort((a, b) => b - a)];
  return thresholds.map((least) => [share(0, least), share(1, least)]);
}

/** Integrates the polygon by many slices, each at its middle. */
function integrated(points: readonly [number, number][], from: number, to: number): number {
  const slices = 20_000;
  const width = (to - from) / slices;
  let sum = 0;
  let at = 1;
  for (let slice = 0; slice < slices; slice++) {
    const x = from + (slice + 0.5) * width;
    while (points[at]![0] < x) at++;
    const [[left, low], [right, high]] = [points[at - 1]!, points[at]!];
    sum += width * (low + (high - low) * (x - left) / (right - left));
  }
  return sum;
}

Deno.test("partial AUC: the area below the curve, slice by slice", () => {
  for (let step = 0; step < 30; step++) {
    const { scores, labels } = drawn(step);
    const counts = countAtThresholds(scores, labels);
    for (const [from, to] of [[0.8, 1], [0.25, 0.6], [0, 1]] as const) {
      const { raw } = partialAuc(counts, { focus: "specificity", from, to })!;
      const theirs = integrated(rocPoints(scores, labels), 1 - to, 1 - from);
      assert.ok(Math.abs(raw - theirs) < 1e-3, `${raw} ${theirs}`);
    }
  }
});

Deno.test("partial AUC: bands add up to the AUROC, sensitivity is specificity of exchanged classes, weights are copies", () => {
  for (let step = 0; step < 100; step++) {
    const { scores, labels } = drawn(step);
    const counts = countAtThresholds(scores, labels);
    for (const focus of ["specificity", "sensitivity"] as const) {
      const of = (from: number, to: number): number => partialAuc(counts, { focus, from, to })!.raw;
      const whole = of(0, 0.3) + of(0.3, 0.75) + of(0.75, 1);
      assert.ok(Math.abs(whole - aurocOfCounts(counts).value!) < 1e-12);
      const { corrected } = partialAuc(counts, { focus, from: 0, to: 1 })!;
      assert.ok(Math.abs(corrected - whole) < 1e-12);
    }
    const exchanged = countAtThresholds(scores.map((one) => -one), labels.map((one) => 1 - one));
    const band = { from: 0.4, to: 0.9 };
    const ours = partialAuc(counts, { focus: "sensitivity", ...band })!;
    const theirs = partialAuc(exchanged, { focus: "specificity", ...band })!;
    assert.ok(Math.abs(ours.raw - theirs.raw) < 1e-12);
    assert.ok(Math.abs(ours.corrected - theirs.corrected) < 1e-12);
    const weights = labels.map((_, at) => 1 + at % 3);
    const copied = [...labels.keys()].flatMap((at) => new Array<number>(weights[at]!).fill(at));
    const weighted = countAtThresholds(scores, labels, Float64Array.from(weights));
    const copies = countAtThresholds(
      Float64Array.from(copied, (at) => scores[at]!),
      Uint8Array.from(copied, (at) => labels[at]!),
    );
    const full = { focus: "specificity", ...band } as const;
    const [one, other] = [partialAuc(weighted, full)!, partialAuc(copies, full)!];
    assert.ok(Math.abs(one.raw - other.raw) < 1e-12);
  }
  const healthy = countAtThresholds(Float64Array.of(1, 2), Uint8Array.of(0, 0));
  assert.equal(partialAuc(healthy, { focus: "specificity", from: 0.9, to: 1 }), null);
});
