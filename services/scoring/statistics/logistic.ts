/** Maximum number of Newton steps; ten are typical. */
const STEPS_MAX = 100;
/** If the likelihood could rise by less than this, only rounding remains. */
const DECREMENT_MIN = 1e-14;
/** Below this, full steps need no check: the gain is below the log-likelihood's rounding error. */
const DECREMENT_NEAR = 1e-4;

export interface LogisticFit {
  readonly coefficients: readonly number[];
  /** Inverse of the information. */
  readonly variances: readonly number[];
  /**
   * Cluster-robust variances (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13), times G / (G − 1)
   * for G clusters; null for a single cluster.
   */
  readonly clusteredVariances: readonly number[] | null;
  /** Linearised contribution of a sample of weight 1 to each coefficient. */
  readonly influences: readonly Float64Array[];
}

export interface LogisticModel {
  /** The predictor, one value per sample. */
  readonly x: Float64Array;
  /** 1 positive, 0 negative. */
  readonly labels: ArrayLike<number>;
  /** Cluster number of each sample, from 0. */
  readonly clusterOf: Int32Array;
  readonly clusters: number;
  /** Above 0, one per sample; without them all are 1. */
  readonly weights?: Float64Array | undefined;
  /** Whether to fit the slope of x; otherwise it is fixed at 1. */
  readonly withSlope: boolean;
}

/**
 * Maximum-likelihood fit of P(positive) = 1 / (1 + exp(−(intercept + slope · x))), by Newton's method with step halving.
 * @param model must have a maximum, see {@linkcode separation}
 * @returns intercept, then slope; null if the method does not converge
 */
export function fitLogistic(model: LogisticModel): LogisticFit | null {
  let coefficients: [number, number] = [0, model.withSlope ? 0 : 1];
  for (let step = 0; step < STEPS_MAX; step++) {
    const inverse = invert(information(model, coefficients), model.withSlope);
    if (inverse === null) return null;
    const rise = gradient(model, coefficients);
    const direction = multiply(inverse, rise);
    const decrement = direction[0] * rise[0] + direction[1] * rise[1];
    const next = decrement < DECREMENT_NEAR
      ? along(coefficients, direction, 1)
      : climb(model, coefficients, direction);
    if (next === null) return null;
    if (decrement < DECREMENT_MIN) return describeFit(model, next);
    coefficients = next;
  }
  return null;
}

/** Halves the step until the likelihood rises. */
function climb(
  model: LogisticModel,
  coefficients: readonly [number, number],
  direction: readonly [number, number],
): [number, number] | null {
  const likelihood = logLikelihood(model, coefficients);
  for (let length = 1; length > 2 ** -40; length /= 2) {
    const next = along(coefficients, direction, length);
    if (logLikelihood(model, next) > likelihood) return next;
  }
  return null;
}

function along(
  [intercept, slope]: readonly [number, number],
  direction: readonly [number, number],
  length: number,
): [number, number] {
  return [intercept + length * direction[0], slope + length * direction[1]];
}

/** A symmetric 2 × 2 matrix: first diagonal, off-diagonal, last diagonal element. */
type Matrix = readonly [number, number, number];

function chance(
  model: LogisticModel,
  [intercept, slope]: readonly [number, number],
  at: number,
): number {
  return 1 / (1 + Math.exp(-(intercept + slope * model.x[at]!)));
}

function weightOf({ weights }: LogisticModel, at: number): number {
  return weights?.[at] ?? 1;
}

function logLikelihood(
  model: LogisticModel,
  [intercept, slope]: readonly [number, number],
): number {
  let sum = 0;
  for (let at = 0; at < model.x.length; at++) {
    const logit = intercept + slope * model.x[at]!;
    const away = model.labels[at] === 1 ? -logit : logit;
    // log(1 + exp(away)) without overflow.
    sum -= weightOf(model, at) * (Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away))));
  }
  return sum;
}

function gradient(model: LogisticModel, coefficients: readonly [number, number]): [number, number] {
  let [first, second] = [0, 0];
  for (let at = 0; at < model.x.length; at++) {
    const residual = weightOf(model, at) * (model.labels[at]! - chance(model, coefficients, at));
    first += residual;
    second += residual * model.x[at]!;
  }
  return [first, second];
}

function information(model: LogisticModel, coefficients: readonly [number, number]): Matrix {
  let [first, both, last] = [0, 0, 0];
  for (let at = 0; at < model.x.length; at++) {
    const p = chance(model, coefficients, at);
    const weight = weightOf(model, at) * p * (1 - p);
    first += weight;
    both += weight * model.x[at]!;
    last += weight * model.x[at]! ** 2;
  }
  return [first, both, last];
}

function invert([first, both, last]: Matrix, withSlope: boolean): Matrix | null {
  if (!withSlope) return first > 0 ? [1 / first, 0, 0] : null;
  const determinant = first * last - both * both;
  return determinant > 0 ? [last / determinant, -both / determinant, first / determinant] : null;
}

function multiply(
  [first, both, last]: Matrix,
  [a, b]: readonly [number, number],
): [number, number] {
  return [first * a + both * b, both * a + last * b];
}

function describeFit(
  model: LogisticModel,
  coefficients: readonly [number, number],
): LogisticFit | null {
  const inverse = invert(information(model, coefficients), model.withSlope);
  if (inverse === null) return null;
  const kept = model.withSlope ? 2 : 1;
  const variances = [inverse[0], inverse[2]].slice(0, kept);
  const influences = influencesOf(model, coefficients, inverse).slice(0, kept);
  return {
    coefficients: coefficients.slice(0, kept),
    variances,
    clusteredVariances: model.clusters < 2
      ? null
      : influences.map((values) => varianceOver(model, values)),
    influences,
  };
}

/** Per coefficient, its change per unit of weight of each sample. */
function influencesOf(
  model: LogisticModel,
  coefficients: readonly [number, number],
  inverse: Matrix,
): Float64Array[] {
  const influences = [new Float64Array(model.x.length), new Float64Array(model.x.length)];
  for (let at = 0; at < model.x.length; at++) {
    const residual = model.labels[at]! - chance(model, coefficients, at);
    const moved = multiply(inverse, [residual, residual * model.x[at]!]);
    for (const [which, values] of influences.entries()) values[at] = moved[which]!;
  }
  return influences;
}

function varianceOver(model: LogisticModel, influences: Float64Array): number {
  const sums = new Float64Array(model.clusters);
  for (const [at, value] of influences.entries()) {
    sums[model.clusterOf[at]!]! += weightOf(model, at) * value;
  }
  const squares = sums.reduce((sum, value) => sum + value * value, 0);
  return model.clusters / (model.clusters - 1) * squares;
}

/** Why the regression has no maximum, or null if the classes overlap on both sides. */
export function separation({ x, labels }: Pick<LogisticModel, "x" | "labels">): string | null {
  const lowest = [Infinity, Infinity];
  const highest = [-Infinity, -Infinity];
  for (let at = 0; at < x.length; at++) {
    const label = labels[at]!;
    lowest[label] = Math.min(lowest[label]!, x[at]!);
    highest[label] = Math.max(highest[label]!, x[at]!);
  }
  return lowest[1]! < highest[0]! && lowest[0]! < highest[1]!
    ? null
    : "The scores of the classes do not overlap: the regression has no maximum.";
}
