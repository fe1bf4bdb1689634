import assert from "node:assert/strict";
import { levelSchema } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { measureLevel } from "./measure_level.ts";
import { type MeasureOptions, measureOptions } from "./measure_options.ts";
import { drawSample } from "../../../tests/support/scoring/samples.ts";

/** 100 exams with both breasts, some with cancer. */
function makeSamples(change: (score: number) => number = (score) => score): Sample[] {
  const { scores, labels } = drawSample({
    ...{ seed: 1, clusters: 100, perCluster: 2, prevalence: 0.15, shared: 0.4 },
  });
  return Array.from(scores, (score, at) => ({
    examIndex: at >> 1,
    exam: `E${at >> 1}`,
    laterality: at % 2 === 0 ? "left" : "right",
    view: null,
    image: null,
    score: change(score),
    label: labels[at] === 1 ? 1 : 0,
  }));
}

const BOOTSTRAP: MeasureOptions = measureOptions({
  bootstrap: { replicates: 300, seed: 4, confidence: 0.9, method: "bca", stratified: true },
  operating_points: [
    { sensitivity: 0.9 },
    { specificity: 0.955 },
    { threshold: 0.5 },
    { specificity: 1 },
  ],
  prevalence: 0.006,
});
const PLAIN: MeasureOptions = { bootstrap: null, operatingPoints: [], prevalence: null };

Deno.test("a level fits its contract, whatever was scored", async () => {
  const cases: [string, Sample[], MeasureOptions][] = [
    ["probabilities", makeSamples(), BOOTSTRAP],
    ["logits", makeSamples((score) => 20 * score - 10), BOOTSTRAP],
    ["one class", makeSamples().map((sample) => ({ ...sample, label: 0 })), BOOTSTRAP],
    ["two samples", makeSamples().slice(0, 2), BOOTSTRAP],
    ["none", [], BOOTSTRAP],
    ["none, no intervals", [], PLAIN],
  ];
  for (const [name, samples, options] of cases) {
    const { report } = await measureLevel(samples, options);
    const parsed = levelSchema.omit({ plots: true }).strict().safeParse(report);
    assert.ok(parsed.success, `${name}: ${parsed.error}`);
    // JSON turns NaN and Infinity into null without a reason.
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report, name);
  }
});

Deno.test("operating points are named by what was asked, shares counted, cancers per 1,000 exams", async () => {
  const { report } = await measureLevel(makeSamples(), BOOTSTRAP);
  assert.deepEqual(
    report.operating_points.map(({ name }) => name),
    ["sensitivity>=0.90", "specificity>=0.955", "score>=0.5", "specificity>=1.00"],
  );
  const [sensitive, specific, given] = report.operating_points;
  assert.ok(sensitive!.sensitivity.value! >= 0.9 && specific!.specificity.value! >= 0.955);
  assert.equal(given!.threshold, 0.5);
  assert.equal(given!.sensitivity.of, report.positives);
  assert.equal(given!.recall_rate.of, report.exams);
  const { value, count, of, ci, ci_by_exam } = given!.cancer_detection_rate;
  assert.equal(value, 1000 * (count / of));
  for (const limits of [ci, ci_by_exam]) assert.ok(limits![0] <= value! && value! <= limits![1]);
  const { prevalence, cancer_detection_rate: rate, ppv } = given!.at_prevalence!;
  assert.equal(prevalence, 0.006);
  // With fewer cancers than in the sample, fewer are found, and more calls are wrong.
  assert.ok(rate.value! <= 6 && rate.value! < value!);
  assert.ok(ppv.value! < given!.ppv.value!);
});

Deno.test("the report says how its intervals were made", async () => {
  const { report, confidence } = await measureLevel(makeSamples(), BOOTSTRAP);
  assert.equal(confidence, 0.9);
  assert.deepEqual(report.bootstrap, {
    method: "bca",
    quantile_type: "R-7",
    stratified: true,
    replicates: 300,
    used: 300,
    discarded: 0,
    used_by_exam: 300,
    discarded_by_exam: 0,
    seed: 4,
    confidence: 0.9,
  });
});

Deno.test("without bootstrap there are the intervals that need none, and nothing is missing", async () => {
  const samples = makeSamples();
  const options = { ...PLAIN, operatingPoints: [{ threshold: 0.5 }] };
  const { report, confidence } = await measureLevel(samples, options);
  assert.equal(confidence, 0.95);
  const { auroc, auprc, brier, operating_points: [point], bootstrap } = report;
  assert.equal(bootstrap, null);
  assert.deepEqual([auroc.ci, auroc.ci_by_exam, auprc.ci, auprc.undefined], [
    ...[null, null, null, null],
  ]);
  assert.ok(auroc.ci_delong !== null && auroc.ci_delong_by_exam !== null);
  assert.ok(brier.ci !== null && brier.ci_by_exam !== null);
  assert.ok(point!.sensitivity.ci !== null);
  assert.equal(point!.sensitivity.ci_by_exam, null);
  assert.equal(point!.sensitivity.undefined, null);
  assert.equal(point!.at_prevalence, null);
});

Deno.test("the defaults are those of the contract", () => {
  const request = { bootstrap: true, operating_points: [], prevalence: null } as const;
  assert.deepEqual(measureOptions(request).bootstrap, {
    replicates: 2000,
    seed: 1,
    confidence: 0.95,
    method: "bca",
    stratified: false,
  });
  assert.equal(measureOptions({ ...request, bootstrap: false }).bootstrap, null);
});

Deno.test("a chosen threshold has wider intervals than the same one held fixed, and a chance to hold", async () => {
  const { report } = await measureLevel(makeSamples(), BOOTSTRAP);
  const [chosen, , given] = report.operating_points;
  const width = (limits: readonly [number, number] | null | undefined): number =>
    limits![1] - limits![0];
  const { specificity, sensitivity } = chosen!;
  assert.ok(width(specificity.ci_by_exam) > 1.5 * width(specificity.ci_fixed_threshold_by_exam));
  assert.ok(width(specificity.ci) > 1.5 * width(specificity.ci_fixed_threshold));
  // The chosen sensitivity varies like that at any threshold.
  assert.deepEqual(sensitivity.ci_by_exam, sensitivity.ci_fixed_threshold_by_exam);
  assert.ok(chosen!.reaches_target! > 0.2 && chosen!.reaches_target! < 0.7);
  assert.equal(given!.reaches_target, null);
  assert.deepEqual(given!.specificity.ci, given!.specificity.ci_fixed_threshold);
  assert.deepEqual(given!.specificity.ci_by_exam, given!.specificity.ci_fixed_threshold_by_exam);
  const without = await measureLevel(makeSamples(), { ...BOOTSTRAP, bootstrap: null });
  const [plain] = without.report.operating_points;
  assert.equal(plain!.specificity.ci, null);
  assert.match(plain!.specificity.undefined!, /without a bootstrap/);
  assert.ok(plain!.specificity.ci_fixed_threshold);
});

Deno.test("no exam in a row of equal scores makes an AUPRC that is not marked", async () => {
  const { report } = await measureLevel(makeSamples(() => 0.5), BOOTSTRAP);
  assert.ok(report.auprc.value! > report.average_precision.value! + 0.3);
  assert.match(report.auprc.note!, /Ties/);
  assert.deepEqual([report.auroc.value, report.auroc.ci, report.auroc.ci_by_exam], [
    ...[0.5, null, null],
  ]);
  const usual = await measureLevel(makeSamples(), BOOTSTRAP);
  assert.equal(usual.report.auprc.note, null);
});

Deno.test("calibration on enriched exams is marked, and its error has a form without chance", async () => {
  const { report: { calibration } } = await measureLevel(makeSamples(), BOOTSTRAP);
  assert.match(calibration.note!, /% of these exams have cancer/);
  assert.ok(calibration.ece.debiased! <= calibration.ece.value!);
  const own = await measureLevel(makeSamples(), { ...BOOTSTRAP, prevalence: 0.28 });
  assert.equal(own.report.calibration.note, null);
});

Deno.test("four exams with cancer: no interval by resampling, and the reason", async () => {
  const few = makeSamples().map((sample) => ({
    ...sample,
    label: sample.examIndex < 4 && sample.laterality === "left" ? 1 as const : 0 as const,
  }));
  const { report } = await measureLevel(few, BOOTSTRAP);
  for (const area of [report.auroc, report.auprc, report.average_precision]) {
    assert.deepEqual([area.ci, area.ci_by_exam], [null, null]);
    assert.match(area.undefined!, /4 exams with cancer and 96 without/);
  }
});

/** Sums in another order differ in the last digits. */
function inDigits(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) => typeof part === "number" ? Number(part.toPrecision(12)) : part,
  );
}

/** Two exams for each of 50 women. */
function roundsOfWomen(): { plain: Sample[]; named: Sample[]; byWoman: Sample[] } {
  const plain = makeSamples();
  const womanOf = ({ examIndex }: Sample): number => examIndex >> 1;
  return {
    plain,
    named: plain.map((sample) => ({ ...sample, patient: `w${womanOf(sample)}` })),
    byWoman: plain.map((sample) => ({ ...sample, examIndex: womanOf(sample) })),
  };
}

Deno.test("by woman: intervals are those of her exams taken together, shares are counted by exam", async () => {
  const { plain, named, byWoman } = roundsOfWomen();
  const [exams, women, together] = await Promise.all(
    [plain, named, byWoman].map(async (samples) => (await measureLevel(samples, BOOTSTRAP)).report),
  );
  assert.deepEqual([exams!.women, women!.women, women!.exams], [null, 50, 100]);
  for (const area of ["auroc", "auprc", "average_precision", "brier"] as const) {
    assert.deepEqual(women![area], together![area], area);
    assert.notDeepEqual(women![area].ci_by_exam, exams![area].ci_by_exam, area);
  }
  for (const [at, point] of women!.operating_points.entries()) {
    const { sensitivity, specificity, recall_rate, cancer_detection_rate } = point;
    const byExam = exams!.operating_points[at]!;
    const joined = together!.operating_points[at]!;
    assert.deepEqual(inDigits(sensitivity), inDigits(joined.sensitivity), point.name);
    assert.deepEqual(inDigits(specificity), inDigits(joined.specificity), point.name);
    assert.deepEqual([recall_rate.count, recall_rate.of], [
      byExam.recall_rate.count,
      byExam.recall_rate.of,
    ]);
    assert.equal(cancer_detection_rate.value, byExam.cancer_detection_rate.value);
    assert.equal(
      point.at_prevalence!.ppv.raw ?? point.at_prevalence!.ppv.value,
      byExam.at_prevalence!.ppv.raw ?? byExam.at_prevalence!.ppv.value,
    );
  }
});

Deno.test("four rounds of each woman make intervals by exam too narrow, and those by woman not", async () => {
  const once = makeSamples();
  const rounds = [0, 1, 2, 3].flatMap((round) =>
    once.map((sample) => ({
      ...sample,
      examIndex: 100 * round + sample.examIndex,
      patient: `w${sample.examIndex}`,
    }))
  );
  const widthOf = async (samples: Sample[]): Promise<number> => {
    const [lower, upper] = (await measureLevel(samples, PLAIN)).report.auroc.ci_delong_by_exam!;
    return upper - lower;
  };
  const honest = await widthOf(once);
  const byWoman = await widthOf(rounds);
  const byExam = await widthOf(rounds.map(({ patient: _, ...sample }) => sample));
  assert.ok(Math.abs(byWoman / honest - 1) < 1e-9, `${byWoman} ${honest}`);
  assert.ok(byExam < 0.55 * honest, "copies tell nothing new");
});
