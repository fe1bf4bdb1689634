/** Maximum number of Newton steps; ten are typical. */
const STEPS_MAX = 100;
/**
 * If the likelihood could rise by less than this, the next step is the last: Newton's method
 * squares the error, so only rounding remains.
 */
const DECREMENT_MIN = 1e-14;
/** Below this, full steps need no check: the gain is below the log-likelihood's rounding error. */
const DECREMENT_NEAR = 1e-4;

/** A logistic regression with its two variances. */
export interface LogisticFit {
  readonly coefficients: readonly number[];
  /** Inverse of the information. */
  readonly variances: readonly number[];
  /**
   * Cluster-robust variances (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13), times G / (G − 1)
   * for G clusters; null for a single cluster.
   */
  readonly clusteredVariances: readonly number[] | null;
}

/** Data of the regression. */
export interface LogisticModel {
  /** The predictor, one value per sample. */
  readonly x: Float64Array;
  /** 1 positive, 0 negative. */
  readonly labels: ArrayLike<number>;
  /** Cluster number of each sample, from 0. */
  readonly clusterOf: Int32Array;
  readonly clusters: number;
  /** Whether to fit the slope of x; otherwise it is fixed at 1. */
  readonly withSlope: boolean;
}

/**
 * Maximum-likelihood fit of P(positive) = 1 / (1 + exp(−(intercept + slope · x))), by Newton's
 * method with step halving.
 * @param model must have a maximum: both classes; with a slope, x values that vary and overlap
 * between classes
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

function logLikelihood(
  model: LogisticModel,
  [intercept, slope]: readonly [number, number],
): number {
  let sum = 0;
  for (let at = 0; at < model.x.length; at++) {
    const logit = intercept + slope * model.x[at]!;
    const away = model.labels[at] === 1 ? -logit : logit;
    // log(1 + exp(away)) without overflow.
    sum -= Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
  }
  return sum;
}

function gradient(model: LogisticModel, coefficients: readonly [number, number]): [number, number] {
  let [first, second] = [0, 0];
  for (let at = 0; at < model.x.length; at++) {
    const residual = model.labels[at]! - chance(model, coefficients, at);
    first += residual;
    second += residual * model.x[at]!;
  }
  return [first, second];
}

function information(model: LogisticModel, coefficients: readonly [number, number]): Matrix {
  let [first, both, last] = [0, 0, 0];
  for (let at = 0; at < model.x.length; at++) {
    const p = chance(model, coefficients, at);
    const weight = p * (1 - p);
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
  return {
    coefficients: coefficients.slice(0, kept),
    variances,
    clusteredVariances: model.clusters < 2
      ? null
      : sandwich(model, coefficients, inverse).slice(0, kept),
  };
}

function sandwich(
  model: LogisticModel,
  coefficients: readonly [number, number],
  inverse: Matrix,
): [number, number] {
  const scores = new Float64Array(2 * model.clusters);
  for (let at = 0; at < model.x.length; at++) {
    const residual = model.labels[at]! - chance(model, coefficients, at);
    const cluster = model.clusterOf[at]!;
    scores[2 * cluster]! += residual;
    scores[2 * cluster + 1]! += residual * model.x[at]!;
  }
  let [ofIntercept, ofSlope] = [0, 0];
  for (let cluster = 0; cluster < model.clusters; cluster++) {
    const [a, b] = multiply(inverse, [scores[2 * cluster]!, scores[2 * cluster + 1]!]);
    ofIntercept += a * a;
    ofSlope += b * b;
  }
  const factor = model.clusters / (model.clusters - 1);
  return [factor * ofIntercept, factor * ofSlope];
}
