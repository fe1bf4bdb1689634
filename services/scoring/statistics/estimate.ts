/** A number, or the reason why there is none. Never NaN. */
export type Estimate =
  | { readonly value: number; readonly undefined: null }
  | { readonly value: null; readonly undefined: string };

/** A confidence interval, or the reason why there is none. */
export type Interval =
  | { readonly lower: number; readonly upper: number; readonly undefined: null }
  | { readonly lower: null; readonly upper: null; readonly undefined: string };

/**
 * Makes a defined estimate.
 * @throws {RangeError} if the value is not finite: the caller missed an undefined case
 */
export function defined(value: number): Estimate {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot state an estimate: it is ${value}`);
  return { value, undefined: null };
}

export function undefinedBecause(reason: string): Estimate {
  return { value: null, undefined: reason };
}

/** Makes a defined interval. Throws a RangeError if `lower` is above `upper` or one is NaN. */
export function interval(lower: number, upper: number): Interval {
  if (!(lower <= upper)) {
    throw new RangeError(`Cannot state an interval: its limits are ${lower} and ${upper}`);
  }
  return { lower, upper, undefined: null };
}

export function noInterval(reason: string): Interval {
  return { lower: null, upper: null, undefined: reason };
}

/** Throws a RangeError if the confidence is not in (0, 1). */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(
      `Cannot compute an interval: confidence is ${confidence}, not between 0 and 1`,
    );
  }
}
