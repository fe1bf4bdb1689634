import type {
  DECISION_MEASURES,
  PairedShares,
} from "../../../shared/contracts/paired_decisions.ts";
import { limitsOf } from "../measures/difference_tests.ts";
import {
  bonettPrice,
  type Design,
  designVariance,
  mcnemar,
  newcombe,
  normalCdf,
  normalQuantile,
  type PairedCounts,
  pairedNonInferiority,
  tango,
  twoSided,
  waldPaired,
} from "../statistics/mod.ts";

/** Two decisions on the same samples, 1 for recall, with the truth and the design. */
export interface PairedCalls {
  readonly labels: Uint8Array;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly design: Design;
}

type Measure = typeof DECISION_MEASURES[number];

/** Of each measure: the samples that count by their label, and what a call counts there. */
const COUNTED: Readonly<
  Record<Measure, {
    readonly isHeld: (label: number) => boolean;
    readonly value: (call: number, label: number) => number;
  }>
> = {
  sensitivity: { isHeld: (label) => label === 1, value: (call) => call },
  specificity: { isHeld: (label) => label === 0, value: (call) => 1 - call },
  recall_rate: { isHeld: () => true, value: (call) => call },
  detection_per_1000: { isHeld: () => true, value: (call, label) => call & label },
};

/**
 * Compares two decisions in one measure: by woman within strata, without weights as Obuchowski (1998, Stat Med
 * 17:1495), and as if samples were independent. `margin` is null for no test of non-inferiority.
 */
export function pairedShares(
  measure: Measure,
  { labels, first, second, design }: PairedCalls,
  margin: number | null,
  confidence: number,
): PairedShares {
  const per = measure === "detection_per_1000" ? 1000 : 1;
  const counted = COUNTED[measure];
  const isHeld = (at: number): boolean => counted.isHeld(labels[at]!);
  const counts = (calls: Uint8Array, at: number): number => counted.value(calls[at]!, labels[at]!);
  const cells = [0, 0, 0, 0];
  let [of, ours, theirs] = [0, 0, 0];
  for (let at = 0; at < labels.length; at++) {
    if (!isHeld(at)) continue;
    const [a, b, weight] = [counts(first, at), counts(second, at), design.weights[at]!];
    cells[2 * (1 - a) + (1 - b)]! += 1;
    of += weight;
    ours += weight * a;
    theirs += weight * b;
  }
  const [both, firstOnly, secondOnly, neither] = cells as [number, number, number, number];
  const pairs: PairedCounts = { both, firstOnly, secondOnly, neither };
  const difference = of > 0 ? (ours - theirs) / of : null;
  const termsAround = (centre: number): Float64Array =>
    Float64Array.from(
      labels,
      (_, at) => isHeld(at) && of > 0 ? (counts(first, at) - counts(second, at) - centre) / of : 0,
    );
  const held = heldDesign(design, isHeld);
  const se = difference === null || held.clusters < 2
    ? null
    : Math.sqrt(designVariance(held.design, termsAround(difference)));
  const reach = normalQuantile((1 + confidence) / 2) * (se ?? 0);
  const clustered = difference === null || held.clusters < 2 ? null : equalShares(
    difference,
    Math.sqrt(varianceOfEqual(held.design, termsAround(0))),
    held.clusters,
  );
  const scaled = (limits: [number, number] | null): [number, number] | null =>
    limits && [limits[0] * per, limits[1] * per];
  const { chi2, p, chi2Corrected, pCorrected, exactP, midP } = mcnemar(pairs);
  const wald = waldPaired(pairs, confidence);
  return {
    both,
    first_only: firstOnly,
    second_only: secondOnly,
    neither,
    first: of > 0 ? ours / of * per : null,
    second: of > 0 ? theirs / of * per : null,
    difference: difference === null ? null : difference * per,
    se: se === null ? null : se * per,
    ci: se === null || se === 0 ? null : scaled([difference! - reach, difference! + reach]),
    z: se === null || se === 0 ? null : difference! / se,
    p: clustered?.p ?? null,
    p_holm: null,
    clustered,
    mcnemar: {
      ...{ chi2, p, chi2_corrected: chi2Corrected },
      ...{ p_corrected: pCorrected, exact_p: exactP, mid_p: midP },
    },
    wald: wald && { se: wald.se * per, ci: scaled(limitsOf(wald.ci)) },
    newcombe: scaled(limitsOf(newcombe(pairs, confidence))),
    newcombe_uncorrected: scaled(limitsOf(newcombe(pairs, confidence, false))),
    bonett_price: scaled(limitsOf(bonettPrice(pairs, confidence))),
    tango: scaled(limitsOf(tango(pairs, confidence))),
    non_inferiority: margin === null || difference === null
      ? null
      : judgeMargin(measure, pairs, difference, { margin, per, se, wald: wald!.se, confidence }),
  };
}

function equalShares(
  difference: number,
  error: number,
  clusters: number,
): NonNullable<PairedShares["clustered"]> {
  const z = error > 0 ? difference / error : 0;
  return { clusters, chi2: z ** 2, p: twoSided(z) };
}

/** Variance under equal shares: around 0 instead of the clusters' mean. */
function varianceOfEqual(design: Design, terms: Float64Array): number {
  const sums = new Float64Array(design.stratumOf.length);
  for (const [at, term] of terms.entries()) {
    sums[design.clusterOf[at]!]! += design.weights[at]! * term;
  }
  return sums.reduce((all, sum, cluster) => {
    const size = design.sizes[design.stratumOf[cluster]!]!;
    return size < 2 ? all : all + size / (size - 1) * sum ** 2;
  }, 0);
}

/** The clusters that hold counted samples; several strata keep all, as their numbers vary too. */
function heldDesign(
  design: Design,
  isHeld: (at: number) => boolean,
): { readonly design: Design; readonly clusters: number } {
  const holds = new Uint8Array(design.stratumOf.length);
  for (const [at, cluster] of design.clusterOf.entries()) if (isHeld(at)) holds[cluster] = 1;
  const sizes = new Int32Array(design.sizes.length);
  for (const [cluster, one] of holds.entries()) sizes[design.stratumOf[cluster]!]! += one;
  return {
    design: design.sizes.length > 1 ? design : { ...design, sizes },
    clusters: holds.reduce((sum, one) => sum + one, 0),
  };
}

function judgeMargin(
  measure: Measure,
  pairs: PairedCounts,
  difference: number,
  { margin, per, se, wald, confidence }: {
    readonly margin: number;
    readonly per: number;
    readonly se: number | null;
    readonly wald: number;
    readonly confidence: number;
  },
): PairedShares["non_inferiority"] {
  // A higher recall rate is worse, so the decisions change places.
  const isRecall = measure === "recall_rate";
  const ordered = isRecall
    ? { ...pairs, firstOnly: pairs.secondOnly, secondOnly: pairs.firstOnly }
    : pairs;
  const better = isRecall ? -difference : difference;
  const score = pairedNonInferiority(ordered, margin / per);
  const plain = (pairs.firstOnly - pairs.secondOnly) /
    (pairs.both + pairs.firstOnly + pairs.secondOnly + pairs.neither);
  const zOf = (value: number, error: number | null): number | null =>
    error === null || error === 0 ? null : (value + margin / per) / error;
  const [waldZ, clusteredZ] = [zOf(isRecall ? -plain : plain, wald), zOf(better, se)];
  const clusteredP = clusteredZ === null ? null : normalCdf(-clusteredZ);
  const p = clusteredP ?? score.p;
  return {
    margin,
    tango_z: score.z,
    tango_p: score.p,
    wald_z: waldZ,
    wald_p: waldZ === null ? null : normalCdf(-waldZ),
    clustered_z: clusteredZ,
    clustered_p: clusteredP,
    holds: p < (1 - confidence) / 2,
  };
}
