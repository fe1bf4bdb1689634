import type { BinaryLabel } from "./exam.ts";
import type { Sample } from "./sample.ts";

/** Means over the images of each view, then over the views; breasts without images are left out. */
export function aggregateToBreasts(samples: readonly Sample[]): Sample[] {
  const breasts: Sample[] = [];
  let views = new Map<string, number[]>();
  for (const [at, sample] of samples.entries()) {
    const view = sample.view ?? "";
    const scores = views.get(view);
    if (scores === undefined) views.set(view, [sample.score]);
    else scores.push(sample.score);
    const next = samples[at + 1];
    if (next?.examIndex === sample.examIndex && next.laterality === sample.laterality) continue;
    const score = mean([...views.values()].map(mean));
    breasts.push({ ...sample, view: null, image: null, score });
    views = new Map();
  }
  return breasts;
}

/**
 * The higher breast score is the exam's. An exam with a malignant breast is positive, even one without images.
 * @param truth exam labels by index; for a missing exam its scored breasts decide
 */
export function aggregateToExams(
  breasts: readonly Sample[],
  truth: ReadonlyMap<number, BinaryLabel>,
): Sample[] {
  const samples: Sample[] = [];
  for (const breast of breasts) {
    const last = samples.at(-1);
    const whole = { laterality: null, view: null, image: null };
    if (last?.examIndex !== breast.examIndex) {
      samples.push({ ...breast, ...whole, label: truth.get(breast.examIndex) ?? breast.label });
    } else {
      const score = Math.max(last.score, breast.score);
      const label = truth.has(breast.examIndex) || breast.label === 0 ? last.label : 1;
      samples[samples.length - 1] = { ...last, score, label };
    }
  }
  return samples;
}

/** Sums from left to right, then divides, like the metarepository; an overflowing sum divides first. */
export function mean(values: readonly number[]): number {
  const sum = values.reduce((sum, value) => sum + value, 0);
  return Number.isFinite(sum)
    ? sum / values.length
    : values.reduce((sum, value) => sum + value / values.length, 0);
}
