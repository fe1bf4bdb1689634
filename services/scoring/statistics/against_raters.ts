import { auroc } from "./auroc.ts";
import { clusteredVariance } from "./clustered_delong.ts";
import { normalInterval, zTest } from "./delong.ts";
import { checkConfidence, defined, interval, noInterval, undefinedBecause } from "./estimate.ts";
import type { Estimate, Interval } from "./estimate.ts";
import { placements } from "./placements.ts";
import { checkSample, type Labels, missingClass, type Scores } from "./sample.ts";
import { studentCdf, studentQuantile } from "./student.ts";

/** A classifier compared with the mean of several raters on the same samples. */
export interface AgainstRaters {
  /** Classifier AUROC minus the mean rater AUROC. */
  readonly difference: Estimate;
  /** Raters as fixed effects: only the cases vary. */
  readonly theseRaters: { readonly z: Estimate; readonly p: Estimate; readonly ci: Interval };
  /** Raters as random effects: a sample of raters, like the cases, so the interval is wider. */
  readonly allRaters: {
    readonly t: Estimate;
    /** Degrees of freedom; undefined if infinite (normal distribution). */
    readonly df: Estimate;
    readonly p: Estimate;
    readonly ci: Interval;
  };
}

/**
 * Compares a classifier with the mean of raters on clustered samples.
 *
 * Fixed raters: DeLong's components averaged over the raters, with the variance of Obuchowski (1997,
 * doi:10.2307/2533958). Random raters: the single-treatment form of the model of Obuchowski and Rockette (1995,
 * doi:10.1080/03610919508813243) with the degrees of freedom of Hillis (2007, doi:10.1002/sim.2532).
 * @returns the comparison; undefined if a class or a variance is missing; `allRaters` needs two raters
 * @throws {RangeError} if lengths differ, there is no rater, or a value is out of range
 */
export function compareWithRaters(
  scores: Scores,
  raters: readonly Scores[],
  labels: Labels,
  clusters: Int32Array,
  confidence: number,
): AgainstRaters {
  checkConfidence(confidence);
  if (raters.length === 0) throw new RangeError("Cannot compare with raters: there are none");
  const counts = checkSample(scores, labels);
  for (const rater of raters) checkSample(rater, labels);
  const reason = missingClass(counts);
  if (reason !== null) return nothing(reason);
  const own = placements(scores, labels, counts);
  const components = raters.map((rater) => {
    const theirs = placements(rater, labels, counts);
    return own.map((component, at) => component - theirs[at]!);
  });
  const mean = own.map((_, at) => meanOf(components.map((one) => one[at]!)));
  const varianceOf = clusteredVariance(clusters);
  const area = auroc(scores, labels).value!;
  const differences = raters.map((rater) => area - auroc(rater, labels).value!);
  const difference = defined(meanOf(differences));
  const variance = varianceOf(mean, labels, counts);
  return {
    difference,
    theseRaters: {
      ...zTest(difference, variance),
      ci: normalInterval(difference, variance, confidence, -1),
    },
    allRaters: forRatersAtLarge(
      differences,
      variance,
      components.map((one) => varianceOf(one, labels, counts)),
      confidence,
    ),
  };
}

/** Smaller mean squares are rounding errors of equal raters. */
const MEAN_SQUARE_MIN = 1e-14;

const RATERS_EQUAL =
  "All readers have the same AUROC, and their difference from the model does not " +
  "vary with the cases: no interval can be computed.";
const ENDLESS = "All readers have the same AUROC: the normal distribution is used.";

/**
 * The variance of the mean difference is (MS + max(J Cov, 0)) / J, with MS the mean square of the J raters' differences
 * and Cov from J² Var(mean) = Σ Var + J (J − 1) Cov. For equal raters MS is 0 and the distribution is normal.
 */
function forRatersAtLarge(
  differences: readonly number[],
  varianceOfMean: Estimate,
  variances: readonly Estimate[],
  confidence: number,
): AgainstRaters["allRaters"] {
  const raters = differences.length;
  if (raters < 2) return noneAtLarge("One rater does not allow conclusions about other raters.");
  if (varianceOfMean.value === null) return noneAtLarge(varianceOfMean.undefined);
  const sum = variances.reduce((total, { value }) => total + value!, 0);
  const covariance = (raters ** 2 * varianceOfMean.value - sum) / (raters * (raters - 1));
  const mean = meanOf(differences);
  const meanSquare = differences.reduce((total, one) => total + (one - mean) ** 2, 0) /
    (raters - 1);
  const betweenRaters = meanSquare < MEAN_SQUARE_MIN ? 0 : meanSquare;
  const spread = betweenRaters + Math.max(raters * covariance, 0);
  if (spread < MEAN_SQUARE_MIN) return noneAtLarge(RATERS_EQUAL);
  const error = Math.sqrt(spread / raters);
  const df = betweenRaters === 0 ? Infinity : (raters - 1) * (spread / betweenRaters) ** 2;
  const t = mean / error;
  const reach = studentQuantile((1 + confidence) / 2, df) * error;
  return {
    t: defined(t),
    df: Number.isFinite(df) ? defined(df) : undefinedBecause(ENDLESS),
    p: defined(Math.min(1, 2 * studentCdf(-Math.abs(t), df))),
    ci: interval(Math.max(-1, mean - reach), Math.min(1, mean + reach)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function nothing(reason: string): AgainstRaters {
  const none = undefinedBecause(reason);
  return {
    difference: none,
    theseRaters: { z: none, p: none, ci: noInterval(reason) },
    allRaters: noneAtLarge(reason),
  };
}

function noneAtLarge(reason: string): AgainstRaters["allRaters"] {
  const none = undefinedBecause(reason);
  return { t: none, df: none, p: none, ci: noInterval(reason) };
}
