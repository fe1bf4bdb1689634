import type { Axis } from "./curve_chart.ts";

/** Maximum number of ticks, so that labels do not overlap. */
const TICKS_MAX = 6;
/** Values that differ by a smaller relative amount look the same on any chart. */
const DISTINGUISHED = 1e-9;
/** Far below any score, far above where division loses digits. */
const NEGLIGIBLE = 1e-290;
/** Round step sizes within a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10] as const;

/** An axis with round ends and four to six ticks that includes both values; one value is widened. */
export function niceAxis(low: number, high: number, label?: (at: number) => string): Axis {
  const apart = high - low > Math.max(NEGLIGIBLE, Math.abs(high) * DISTINGUISHED);
  const [from, to] = apart ? [low, high] : widened(low);
  const step = niceStep((to - from) / (TICKS_MAX - 1));
  const [first, last] = [Math.floor(from / step), Math.ceil(to / step)];
  const decimals = Math.max(0, Math.min(12, decimalsOf(step)));
  const write = label ?? ((at: number): string => plain(at, decimals));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    // A multiple of the step rather than a running sum, which drifts.
    const at = (first + index) * step;
    return { at, label: write(at) };
  });
  // Rounding may put the outermost values slightly outside their tick.
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

/** Plain digits between a millionth and a million, otherwise an exponent, to keep labels short. */
function plain(at: number, decimals: number): string {
  if (at === 0) return "0";
  return Math.abs(at) >= 1e6 || decimals > 6
    ? at.toExponential(1).replace("e+", "e")
    : at.toFixed(decimals);
}
