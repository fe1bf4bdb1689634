import type { Sample } from "./alignment.ts";

/**
 * Turns image scores into breast scores: the mean over all images of a view, then the mean over the
 * views that have images (the metarepository averages over views and takes the first image of each).
 *
 * @param samples image-level samples, grouped by exam and laterality as alignment gives them
 * @returns one sample for each breast that has an image; breasts without one are left out
 */
export function aggregateToBreasts(samples: readonly Sample[]): Sample[] {
  const breasts = new Map<string, { first: Sample; views: Map<string, number[]> }>();
  for (const sample of samples) {
    const key = `${sample.examIndex} ${sample.laterality}`;
    const breast = breasts.get(key) ?? { first: sample, views: new Map<string, number[]>() };
    breasts.set(key, breast);
    const view = sample.view ?? "";
    breast.views.set(view, [...breast.views.get(view) ?? [], sample.score]);
  }
  return [...breasts.values()].map(({ first, views }) => ({
    ...first,
    view: null,
    image: null,
    score: mean([...views.values()].map(mean)),
  }));
}

/** Left to right, then one division: the order in which the metarepository's scorer adds. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
