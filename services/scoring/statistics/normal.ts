const SERIES_UP_TO = 2;
const FRACTION_DEPTH = 150;
const NEWTON_STEPS_MAX = 100;

/**
 * Distribution function of the standard normal distribution, with a relative error below 1e-13: by the series of
 * Abramowitz and Stegun 26.2.11 near 0 (all terms are positive), and their continued fraction 26.2.14 further out.
 */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  return x > -SERIES_UP_TO ? 0.5 - centre(-x) : lowerTail(-x);
}

/**
 * Quantile function of the standard normal distribution, by Newton's method on the logarithm of the
 * distribution function. That is concave, so from a start below the root every step goes up without
 * overshooting; −√(−2 ln p) is below because Φ(−x) ≤ ½ exp(−x²/2).
 * @throws {RangeError} if the probability is not in (0, 1)
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(
      `Cannot take a quantile: the probability is ${probability}, not in (0, 1)`,
    );
  }
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0.5) return 0;
  const target = Math.log(probability);
  let x = -Math.sqrt(-2 * target);
  for (let step = 0; step < NEWTON_STEPS_MAX; step++) {
    const below = normalCdf(x);
    const next = x + (target - Math.log(below)) * (below / density(x));
    if (!(next > x)) break;
    x = next;
  }
  return x;
}

function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

/** Φ(x) − ½ for x ≥ 0. */
function centre(x: number): number {
  let term = x;
  let sum = 0;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term;
    term *= x * x / odd;
  }
  return density(x) * sum;
}

/** Φ(−x) for x ≥ 2, where the fraction converges well before this depth. */
function lowerTail(x: number): number {
  let fraction = x;
  for (let depth = FRACTION_DEPTH; depth > 0; depth--) fraction = x + depth / fraction;
  return density(x) / fraction;
}
