/** When an outcome was seen, or until when it was not. */
export interface FollowUp {
  /** Time of the event or of the censoring, 0 or later. */
  readonly days: Float64Array;
  /** 1 where the event was seen, 0 where the sample is censored. */
  readonly events: Uint8Array;
  readonly weights: Float64Array;
  /** Indexes of the samples by rising time. */
  readonly order: readonly number[];
}

/**
 * Risk of the event until a horizon among some samples, by Kaplan and Meier (1958, doi:10.2307/2281868): events come
 * before censorings at the same time.
 * @param isHeld whether a sample belongs to those
 * @returns the risk, and its derivative by the weight of each sample; null if somebody was censored before the horizon
 * and nobody observed until then, as in R's dcurves
 */
export function kaplanMeierRisk(
  { days, events, weights, order }: FollowUp,
  horizon: number,
  isHeld: (at: number) => boolean,
): { readonly risk: number; readonly terms: Float64Array } | null {
  const held = order.filter(isHeld);
  const terms = new Float64Array(days.length);
  let atRisk = held.reduce((sum, at) => sum + weights[at]!, 0);
  let [survival, hazard, censored, begin] = [1, 0, 0, 0];
  while (begin < held.length && days[held[begin]!]! <= horizon) {
    const time = days[held[begin]!]!;
    let end = begin;
    let [died, left] = [0, 0];
    for (; end < held.length && days[held[end]!] === time; end++) {
      const at = held[end]!;
      left += weights[at]!;
      died += events[at]! * weights[at]!;
      if (events[at] === 0 && time < horizon) censored++;
    }
    const isLast = end === held.length && died === left;
    const surviving = isLast ? 0 : atRisk - died;
    survival *= surviving / atRisk;
    if (!isLast && died > 0) hazard += died / (atRisk * surviving);
    for (const at of held.slice(begin, end)) {
      terms[at] = (events[at] === 1 && !isLast ? 1 / surviving : 0) - hazard;
    }
    atRisk -= left;
    begin = end;
  }
  if (begin === held.length && censored > 0 && days[held.at(-1)!]! < horizon) return null;
  for (const at of held.slice(begin)) terms[at] = -hazard;
  return { risk: 1 - survival, terms: terms.map((term) => term * survival) };
}
