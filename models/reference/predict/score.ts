import type { Features } from "./features.ts";

/**
 * The fixed formula. No number here was fitted: centres and scales are round numbers near what the
 * sample phantoms and four real mammograms show taken together, weights say how much a reader would
 * make of the sign. All were set before the first score was computed and left alone since.
 */
export const FORMULA = {
  /** A typical image gets 0.1: most breasts are healthy. The score is not a calibrated risk. */
  intercept: -2.2,
  /** Normal tissue has lumps of about 0.4 spreads; masses begin where these end. Chief sign. */
  blob: { centre: 0.4, scale: 0.2, weight: 1 },
  /**
   * Counted in doublings: none -1, one stray speck 0, three 1, seven 2. Five in a square
   * centimetre is the classical definition of a cluster. Less weight than a mass: many are benign.
   */
  specks: { centre: 1, scale: 1, weight: 0.7 },
  /** Healthy breasts of one woman differ by about 0.3 spreads somewhere. A weak sign alone. */
  asymmetry: { centre: 0.3, scale: 0.15, weight: 0.5 },
  /** No sign counts for more than this many scales, so that one artefact cannot decide alone. */
  limit: 3,
} as const;

/** What the score of an image is made of. */
export interface Evidence {
  /** Features of the image. */
  readonly features: Pick<Features, "blob" | "specks">;
  /** Excess brightness over the other breast; null when the other breast was not imaged. */
  readonly asymmetry: number | null;
}

function limited(value: number): number {
  return Math.min(FORMULA.limit, Math.max(-FORMULA.limit, value));
}

/**
 * Scores an image.
 *
 * @param evidence what was measured
 * @param asymmetryWeight weight of the asymmetry, 0 to leave it out
 * @returns malignancy score in (0, 1), higher is more suspicious
 */
export function malignancyScore(evidence: Evidence, asymmetryWeight: number): number {
  const { blob, specks, asymmetry } = FORMULA;
  const doublings = Math.log2(1 + evidence.features.specks);
  let logit = FORMULA.intercept;
  logit += blob.weight * limited((evidence.features.blob - blob.centre) / blob.scale);
  logit += specks.weight * limited((doublings - specks.centre) / specks.scale);
  if (evidence.asymmetry !== null) {
    logit += asymmetryWeight * limited((evidence.asymmetry - asymmetry.centre) / asymmetry.scale);
  }
  return 1 / (1 + Math.exp(-logit));
}
