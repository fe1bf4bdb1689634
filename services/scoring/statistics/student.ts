import { normalCdf } from "./normal.ts";

const FRACTION_STEPS_MAX = 10_000;
const TINY = 1e-300;
/** From here on Stirling's series with these terms is exact to the last bits. */
const STIRLING_FROM = 15;
const BISECTIONS = 200;
/** Above this many degrees of freedom, the normal distribution of a corrected deviate is used. */
const NORMAL_FROM = 1e6;

/**
 * Distribution function of Student's t, by the regularised incomplete beta function (Abramowitz and Stegun 26.7.1 and
 * 26.5.8); above 1e6 degrees of freedom by the normal distribution (26.7.8), with a relative error below 1e-8.
 * @throws {RangeError} if df, which may be fractional or infinite, is not above 0
 */
export function studentCdf(t: number, df: number): number {
  checkDf(df);
  if (df > NORMAL_FROM) return normalCdf(t * (1 - 1 / (4 * df)) / Math.sqrt(1 + t * t / (2 * df)));
  const square = t * t;
  const tail = incompleteBeta(df / (df + square), square / (df + square), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * Quantile function of Student's t, by bisection of its distribution function.
 * @param df degrees of freedom, above 0, not necessarily whole
 * @throws {RangeError} if the probability is not in (0, 1) or df is not above 0
 */
export function studentQuantile(probability: number, df: number): number {
  checkDf(df);
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(
      `Cannot take a quantile: the probability is ${probability}, not in (0, 1)`,
    );
  }
  if (probability > 0.5) return -studentQuantile(1 - probability, df);
  if (probability === 0.5) return 0;
  let low = -1;
  while (studentCdf(low, df) > probability) low *= 2;
  let high = 0;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentCdf(middle, df) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function checkDf(df: number): void {
  if (!(df > 0)) throw new RangeError(`Cannot use Student's t: ${df} degrees of freedom`);
}

/** The regularised incomplete beta function I_x(a, b); `rest` is 1 − x, to keep digits if x is near 1. */
export function incompleteBeta(x: number, rest: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const front = Math.exp(a * logOf(x, rest) + b * logOf(rest, x) - logBeta(a, b));
  // The fraction converges fast below the mean of the distribution; above it the complement does.
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(x, a, b) / a
    : 1 - front * betaFraction(rest, b, a) / b;
}

function logOf(x: number, rest: number): number {
  return x < 0.5 ? Math.log(x) : Math.log1p(-rest);
}

/** Continued fraction by the modified method of Lentz (1976, doi:10.1364/AO.15.000668). */
function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number): number => Math.abs(value) < TINY ? TINY : value;
  let c = 1;
  let d = 1 / away(1 - (a + b) * x / (a + 1));
  let value = d;
  for (let m = 1; m < FRACTION_STEPS_MAX; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (Math.abs(change - 1) < Number.EPSILON) break;
  }
  return value;
}

/**
 * ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b). The two large terms are subtracted term by term in
 * Stirling's series to avoid cancellation.
 */
function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < STIRLING_FROM) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const sum = small + large;
  const difference = (large - 0.5) * Math.log1p(small / large) + small * Math.log(sum) - small +
    stirlingSeries(sum) - stirlingSeries(large);
  return logGamma(small) - difference;
}

/** ln Γ(x) for x > 0, by Stirling's series (Abramowitz and Stegun 6.1.41) after a shift upwards. */
function logGamma(x: number): number {
  let shift = 0;
  while (x < STIRLING_FROM) shift += Math.log(x++);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + stirlingSeries(x) - shift;
}

function stirlingSeries(x: number): number {
  const square = 1 / (x * x);
  return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x;
}

/**
 * Quantile of the beta distribution, by bisection.
 * @param probability in (0, 1)
 */
export function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, 1 - middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
