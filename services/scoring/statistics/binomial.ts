import type { Random } from "./random.ts";

/** From this mean on, rejection is faster than inversion and its constants are valid. */
const REJECTION_MEAN_MIN = 10;
const STIRLING_TABLE_LENGTH = 10;
const STIRLING_TABLE = stirlingTable();

/**
 * Draws exactly from a binomial distribution with below 2^31 trials: by inversion for a small mean, else by transformed
 * rejection (BTRS of Hörmann 1993, doi:10.1080/00949659308811496).
 */
export function binomial(random: Random, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomialOfRareEvent(random, trials, 1 - probability);
  return binomialOfRareEvent(random, trials, probability);
}

function binomialOfRareEvent(random: Random, trials: number, probability: number): number {
  if (trials === 0 || probability <= 0) return 0;
  if (trials * probability < REJECTION_MEAN_MIN) return byInversion(random, trials, probability);
  return byRejection(random, trials, probability);
}

/** Walks up the distribution function until it exceeds a uniform number. */
function byInversion(random: Random, trials: number, probability: number): number {
  const odds = probability / (1 - probability);
  let mass = Math.exp(trials * Math.log1p(-probability));
  let left = random.uniform();
  let successes = 0;
  while (left >= mass && successes < trials) {
    left -= mass;
    successes++;
    mass *= odds * (trials - successes + 1) / successes;
  }
  return successes;
}

/** Names follow the paper's BTRS algorithm: most draws pass the hat function at once. */
function byRejection(random: Random, trials: number, probability: number): number {
  const spread = Math.sqrt(trials * probability * (1 - probability));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const centre = trials * probability + 0.5;
  const vR = 0.92 - 4.2 / b;
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const successes = Math.floor((2 * a / us + b) * u + centre);
    if (us >= 0.07 && v <= vR) return successes;
    if (!(successes >= 0 && successes <= trials)) continue;
    const hat = Math.log(v * (2.83 + 5.1 / b) * spread / (a / (us * us) + b));
    if (hat <= logMassOverMode(successes, trials, probability)) return successes;
  }
}

/** Log ratio of the probability of `successes` to that of the mode. */
function logMassOverMode(successes: number, trials: number, probability: number): number {
  const mode = Math.floor((trials + 1) * probability);
  const odds = probability / (1 - probability);
  const failures = trials - successes;
  const modeFailures = trials - mode;
  return (mode + 0.5) * Math.log((mode + 1) / (odds * (modeFailures + 1))) +
    (trials + 1) * Math.log((modeFailures + 1) / (failures + 1)) +
    (successes + 0.5) * Math.log(odds * (failures + 1) / (successes + 1)) +
    stirling(mode) + stirling(modeFailures) - stirling(successes) - stirling(failures);
}

/** The remainder of ln k! after Stirling's formula in k + 1. */
function stirling(k: number): number {
  if (k < STIRLING_TABLE_LENGTH) return STIRLING_TABLE[k]!;
  const x = k + 1;
  return (1 / 12 - (1 / 360 - 1 / 1260 / (x * x)) / (x * x)) / x;
}

function stirlingTable(): Float64Array {
  const table = new Float64Array(STIRLING_TABLE_LENGTH);
  let logFactorial = 0;
  for (let k = 0; k < STIRLING_TABLE_LENGTH; k++) {
    if (k > 0) logFactorial += Math.log(k);
    table[k] = logFactorial - Math.log(2 * Math.PI) / 2 - (k + 0.5) * Math.log(k + 1) + (k + 1);
  }
  return table;
}
