import assert from "node:assert/strict";
import { auprc } from "./auprc.ts";
import { auroc } from "./auroc.ts";
import { averagePrecision } from "./average_precision.ts";
import { brier } from "./brier.ts";
import { calibration } from "./calibration.ts";
import { countAtThresholds } from "./counts.ts";
import { delong, pairedDelong } from "./delong.ts";
import type { Estimate } from "./estimate.ts";
import { holm } from "./holm.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { precisionRecallCurve } from "./precision_recall.ts";
import { wilson } from "./proportion.ts";
import { quantile } from "./quantile.ts";
import { stream } from "./random.ts";
import { rocCurve } from "./roc.ts";

// Made by tests/golden/scoring/make.py and make.R; each file records their versions.
const FOLDER = new URL("../../../tests/golden/scoring/", import.meta.url);

interface Expected {
  readonly auroc: number;
  readonly auprc: number;
  readonly average_precision: number;
  readonly brier?: number;
  readonly roc?: readonly [number[], number[]];
  readonly precision_recall?: readonly [number[], number[]];
  readonly calibration?: readonly [number[], number[]];
}

interface Case {
  readonly name: string;
  readonly corpus?: number;
  readonly scores?: number[];
  readonly labels?: (0 | 1)[];
  readonly expected: Expected | null;
  readonly expected_b?: Expected;
}

interface ProcCase {
  readonly proc: Readonly<Record<string, number | null>> & { readonly ci_a?: [number, number] };
  readonly recalibration: Readonly<Record<string, [number, number]>> | null;
}

interface Drawn {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly labels: Uint8Array;
}

// deno-lint-ignore no-explicit-any -- what the files hold is checked by what it is compared with
async function readJson(name: string): Promise<any> {
  return JSON.parse(await Deno.readTextFile(new URL(name, FOLDER)));
}

/** Parses `0x1.8p-1` exactly, unlike a decimal number from R. */
function readHexadecimal(text: string): number {
  const [, sign, whole, fraction = "", exponent] = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/
    .exec(text)!;
  const mantissa = Number(`0x${whole}${fraction}`);
  return (sign === "-" ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
}

async function readCorpus(): Promise<Drawn[]> {
  const text = await Deno.readTextFile(new URL("corpus.csv", FOLDER));
  const cases: string[][][] = [];
  for (const line of text.trimEnd().split("\n").slice(1)) {
    const row = line.split(",");
    (cases[Number(row[0])] ??= []).push(row);
  }
  return cases.map((rows) => ({
    a: Float64Array.from(rows, (row) => readHexadecimal(row[1]!)),
    b: Float64Array.from(rows, (row) => readHexadecimal(row[2]!)),
    labels: Uint8Array.from(rows, (row) => Number(row[3])),
  }));
}

function near(actual: number | null, expected: number, tolerance: number, what: string): void {
  assert.ok(actual !== null, `${what} is undefined`);
  const reach = tolerance * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= reach, `${what}: ${actual} instead of ${expected}`);
}

function allNear(actual: Iterable<number>, expected: readonly number[], what: string): void {
  const values = [...actual];
  assert.equal(values.length, expected.length, what);
  values.forEach((value, at) => near(value, expected[at]!, 1e-12, `${what} ${at}`));
}

function assertSklearn(
  name: string,
  scores: Float64Array | number[],
  labels: Uint8Array | (0 | 1)[],
  expected: Expected | null,
): void {
  const estimates: Record<string, Estimate> = {
    auroc: auroc(scores, labels),
    auprc: auprc(scores, labels),
    average_precision: averagePrecision(scores, labels),
  };
  if (expected === null) {
    for (const [metric, { value, undefined: reason }] of Object.entries(estimates)) {
      assert.equal(value, null, `${name}, ${metric}`);
      assert.match(reason!, /^There are no/);
    }
    return;
  }
  for (const metric of ["auroc", "auprc", "average_precision"] as const) {
    near(estimates[metric]!.value, expected[metric], 1e-12, `${name}, ${metric}`);
  }
  if (expected.brier !== undefined) {
    near(brier(scores, labels).value, expected.brier, 1e-12, `${name}, brier`);
  }
  const counts = countAtThresholds(scores, labels);
  if (expected.roc !== undefined) {
    const roc = rocCurve(counts);
    assert.ok(roc.undefined === null);
    allNear(roc.falsePositiveRate, expected.roc[0], `${name}, false positive rate`);
    allNear(roc.truePositiveRate, expected.roc[1], `${name}, true positive rate`);
  }
  if (expected.precision_recall !== undefined) {
    const curve = precisionRecallCurve(counts);
    assert.ok(curve.undefined === null);
    allNear(curve.recall.toReversed(), expected.precision_recall[0], `${name}, recall`);
    allNear(curve.precision.toReversed(), expected.precision_recall[1], `${name}, precision`);
  }
  if (expected.calibration !== undefined) {
    const { bins } = calibration({ scores, labels, clusters: null }, 0.95);
    allNear(bins.map((bin) => bin.meanScore), expected.calibration[0], `${name}, mean score`);
    allNear(bins.map((bin) => bin.observed), expected.calibration[1], `${name}, observed`);
  }
}

Deno.test("every metric and curve is scikit-learn's to 1e-12", async () => {
  const { cases } = await readJson("metrics.json");
  const corpus = await readCorpus();
  let withBins = 0;
  for (const { name, scores, labels, expected, expected_b, ...golden } of cases as Case[]) {
    if (golden.corpus === undefined) {
      assertSklearn(name, scores!, labels!, expected);
    } else {
      const { a, b, labels } = corpus[golden.corpus]!;
      assertSklearn(name, a, labels, expected);
      assertSklearn(name, b, labels, expected_b!);
      withBins += expected?.calibration === undefined ? 0 : 1;
    }
  }
  assert.ok(withBins > 0, "reliability bins are compared too");
});

Deno.test("AUROC, DeLong's variance, paired z and p are pROC's, the interval its logit to 1e-9", async () => {
  const { cases } = await readJson("proc.json");
  const corpus = await readCorpus();
  assert.equal(cases.length, corpus.length);
  for (const [number, { proc }] of (cases as ProcCase[]).entries()) {
    const { a, b, labels } = corpus[number]!;
    const paired = pairedDelong(a, b, labels);
    near(paired.aurocA.value, proc["auroc_a"]!, 1e-9, `case ${number}, AUROC of A`);
    near(paired.aurocB.value, proc["auroc_b"]!, 1e-9, `case ${number}, AUROC of B`);
    const ofA = delong(a, labels, 0.95);
    if (proc.ci_a === undefined) {
      assert.match(ofA.variance.undefined!, /two of each/);
      continue;
    }
    near(ofA.variance.value, proc["variance_a"]!, 1e-9, `case ${number}, variance of A`);
    const ofB = delong(b, labels, 0.95).variance.value;
    near(ofB, proc["variance_b"]!, 1e-9, `case ${number}, variance of B`);
    // pROC's interval is normal on the plain scale, clipped to [0, 1]; ours is on the logit scale.
    const [area, error] = [proc["auroc_a"]!, Math.sqrt(proc["variance_a"]!)];
    const reach = normalQuantile(0.975) * error;
    near(Math.max(0, area - reach), proc.ci_a[0], 1e-9, `case ${number}, pROC's own lower limit`);
    [-reach, reach].forEach((plain, side) => {
      const logit = Math.log(area / (1 - area)) + plain / (area * (1 - area));
      const limit = side === 0 ? ofA.ci.lower : ofA.ci.upper;
      near(limit, 1 / (1 + Math.exp(-logit)), 1e-9, `case ${number}, limit ${side}`);
    });
    near(paired.z.value, proc["z"]!, 1e-9, `case ${number}, z`);
    near(paired.p.value, proc["p"]!, 1e-9, `case ${number}, p`);
  }
});

Deno.test("recalibration is R's glm: coefficients and standard errors", async () => {
  const { cases } = await readJson("proc.json");
  const corpus = await readCorpus();
  const z = normalQuantile(0.975);
  for (const [number, { recalibration }] of (cases as ProcCase[]).entries()) {
    const { a, labels } = corpus[number]!;
    const ours = calibration({ scores: a, labels, clusters: null }, 0.95);
    if (recalibration === null) {
      assert.match(ours.slope.value.undefined!, /exactly 0 or 1/);
      continue;
    }
    // R diverges if the classes do not overlap; here the result is undefined.
    const diverged = recalibration["slope"]![1] > 1000;
    if (diverged) assert.match(ours.slope.value.undefined!, /do not overlap/);
    const pairs = [
      ["in_the_large", ours.inTheLarge],
      ...(diverged ? [] : [["slope", ours.slope], ["intercept", ours.intercept]] as const),
    ] as const;
    for (const [name, { value, ci }] of pairs) {
      const [coefficient, error] = recalibration[name]!;
      near(value.value, coefficient, 1e-8, `case ${number}, ${name}`);
      near(ci.lower, coefficient - z * error, 1e-7, `case ${number}, lower limit of ${name}`);
    }
  }
});

Deno.test("Wilson's interval is R's prop.test, Holm's correction its p.adjust", async () => {
  const golden = await readJson("proc.json");
  for (const [count, of, lower, upper] of golden.wilson) {
    const ci = wilson({ count, of }, 0.95);
    near(ci.lower, lower, 1e-12, `${count} of ${of}, lower limit`);
    near(ci.upper, upper, 1e-12, `${count} of ${of}, upper limit`);
  }
  const [values, adjusted] = golden.holm;
  allNear(holm(values) as number[], adjusted, "Holm");
});

Deno.test("the normal distribution is R's and Python's far into the tails", async () => {
  const { pnorm, qnorm } = await readJson("proc.json");
  for (let at = 0; at < pnorm.length; at += 2) {
    const ratio = normalCdf(pnorm[at]) / pnorm[at + 1];
    near(ratio, 1, 1e-12, `the chance of ${pnorm[at]}, relatively`);
  }
  const { normal_quantiles } = await readJson("metrics.json");
  for (let at = 0; at < qnorm.length; at += 2) normal_quantiles.push([qnorm[at], qnorm[at + 1]]);
  for (const [p, x] of normal_quantiles) near(normalQuantile(p), x, 1e-12, `the quantile of ${p}`);
});

Deno.test("quantiles are NumPy's", async () => {
  const { quantiles } = await readJson("metrics.json");
  const ascending = Float64Array.from(quantiles.numbers).sort();
  for (const [p, value] of quantiles.of) {
    near(quantile(ascending, p), value, 1e-14, `quantile ${p}`);
  }
});

Deno.test("random words are those of the generator written down again in Python", async () => {
  const { streams } = await readJson("random.json");
  for (const { seed, stream: index, words } of streams) {
    const random = stream(seed, index);
    assert.deepEqual(words.map(() => random.uint32()), words, `seed ${seed}, stream ${index}`);
  }
});
