/** A number, or the reason why there is none. Never NaN. */
export type Estimate =
  | { readonly value: number; readonly undefined: null }
  | { readonly value: null; readonly undefined: string };

/** A confidence interval, or the reason why there is none. */
export type Interval =
  | { readonly lower: number; readonly upper: number; readonly undefined: null }
  | { readonly lower: null; readonly upper: null; readonly undefined: string };

/**
 * @param value a finite number
 * @returns an estimate that is defined
 * @throws {RangeError} where the number is not finite: a caller has missed an undefined case
 */
export function defined(value: number): Estimate {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot state an estimate: it is ${value}`);
  return { value, undefined: null };
}

/**
 * @param reason one sentence that says why there is no number
 * @returns an estimate without a value
 */
export function undefinedBecause(reason: string): Estimate {
  return { value: null, undefined: reason };
}

/**
 * @param lower lower limit
 * @param upper upper limit, not below the lower one
 * @returns an interval that is defined
 * @throws {RangeError} where a limit is not a number or the limits are the wrong way round
 */
export function interval(lower: number, upper: number): Interval {
  if (!(lower <= upper)) {
    throw new RangeError(`Cannot state an interval: its limits are ${lower} and ${upper}`);
  }
  return { lower, upper, undefined: null };
}

/**
 * @param reason one sentence that says why there is no interval
 * @returns an interval without limits
 */
export function noInterval(reason: string): Interval {
  return { lower: null, upper: null, undefined: reason };
}

/**
 * @param confidence what a caller asks for
 * @throws {RangeError} where it does not lie between 0 and 1, exclusive
 */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(
      `Cannot compute an interval: confidence is ${confidence}, not between 0 and 1`,
    );
  }
}
