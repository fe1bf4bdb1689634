import type { Axis } from "./curve_chart.ts";

/** Marks that an axis has at most: more would run into each other. */
const TICKS_MAX = 6;
/** Values that differ by less than this part of themselves are one on any chart. */
const DISTINGUISHED = 1e-9;
/** Far below any score, far above where division loses digits. */
const NEGLIGIBLE = 1e-290;
/** Steps that people count in, within a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10] as const;

/**
 * Lays an axis around values, from and to round numbers, with four to six marks.
 *
 * @param low lowest value, finite
 * @param high highest value, finite, at least `low`; an axis around one value is widened
 * @param label writes a mark; plain digits, as many as the step needs, unless told
 * @returns an axis from at most `low` to at least `high`
 */
export function niceAxis(
  low: number,
  high: number,
  label?: (at: number) => string,
): Axis {
  const apart = high - low > Math.max(NEGLIGIBLE, Math.abs(high) * DISTINGUISHED);
  const [from, to] = apart ? [low, high] : widened(low);
  const step = niceStep((to - from) / (TICKS_MAX - 1));
  const [first, last] = [Math.floor(from / step), Math.ceil(to / step)];
  const decimals = Math.max(0, Math.min(12, decimalsOf(step)));
  const write = label ?? ((at: number): string => plain(at, decimals));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    // A multiple of the step, not a sum of steps: sums drift.
    const at = (first + index) * step;
    return { at, label: write(at) };
  });
  // Rounding may leave the outermost values a hair beyond their mark.
  return { min: Math.min(from, first * step), max: Math.max(to, last * step), ticks };
}

function widened(value: number): [number, number] {
  const reach = Math.abs(value) < NEGLIGIBLE ? 0.5 : Math.abs(value) / 2;
  return [value - reach, value + reach];
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return STEPS.find((step) => step * power >= least * (1 - 1e-9))! * power;
}

function decimalsOf(step: number): number {
  const power = Math.floor(Math.log10(step) + 1e-9);
  return -power + (Math.abs(step / 10 ** power - 2.5) < 1e-6 ? 1 : 0);
}

/** Digits below a million and above a millionth, otherwise an exponent, so that labels stay short. */
function plain(at: number, decimals: number): string {
  if (at === 0) return "0";
  return Math.abs(at) >= 1e6 || decimals > 6
    ? at.toExponential(1).replace("e+", "e")
    : at.toFixed(decimals);
}
