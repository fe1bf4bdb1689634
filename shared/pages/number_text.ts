/** Keeps a number and its sign on one line. */
const NO_BREAK = "\u00a0";

/** Lower and upper limit of an interval, or none. */
export type Limits = readonly [lower: number, upper: number] | null;

/**
 * Writes a metric between 0 and 1.
 *
 * @returns three decimals: what screening samples can support; `undefined` for null
 */
export function metricText(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

/**
 * Writes an interval of a metric.
 *
 * @param write how one limit is written; three decimals unless told
 * @returns `0.830–0.910`; an em dash where there is none
 */
export function intervalText(
  limits: Limits,
  write: (value: number) => string = metricText,
): string {
  return limits ? `${write(limits[0])}–${write(limits[1])}` : "—";
}

/**
 * Writes a share as a percentage.
 *
 * @param share 0 to 1
 * @returns one decimal; two significant digits below 1 %
 */
export function percentText(share: number): string {
  return `${percentDigits(share)}${NO_BREAK}%`;
}

/**
 * Writes a share as a percentage without its sign, for columns that name the unit.
 *
 * @param share 0 to 1
 */
export function percentDigits(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? String(Number(percent.toPrecision(2))) : percent.toFixed(1);
}

/**
 * Writes how confident an interval is.
 *
 * @param confidence between 0 and 1
 * @returns `95 %`
 */
export function confidenceText(confidence: number): string {
  return `${Number((confidence * 100).toFixed(6))}${NO_BREAK}%`;
}

/**
 * Writes a score or threshold of whatever size.
 *
 * @returns four significant digits; the JSON keeps all
 */
export function scoreText(score: number): string {
  return String(Number(score.toPrecision(4)));
}

/**
 * Writes a coefficient, a slope say.
 *
 * @returns two decimals, or three significant digits of what is large; with a true minus sign
 */
export function coefficientText(value: number): string {
  const digits = Math.abs(value) < 1000 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
  return digits.replace(/^-/, "−");
}

/**
 * Writes an interval of a coefficient or a difference, whose limits may be negative.
 *
 * @param write how one limit is written; two decimals unless told
 * @returns `−0.42 to 0.98`; an em dash where there is none
 */
export function coefficientInterval(
  limits: Limits,
  write: (value: number) => string = coefficientText,
): string {
  return limits === null ? "—" : `${write(limits[0])} to ${write(limits[1])}`;
}

/**
 * Writes a difference of metrics.
 *
 * @param difference between −1 and 1
 * @returns three decimals, with a sign where it is not nothing
 */
export function signedMetricText(difference: number): string {
  const digits = Math.abs(difference).toFixed(3);
  if (Number(digits) === 0) return digits;
  return `${difference < 0 ? "−" : "+"}${digits}`;
}

/**
 * Writes the p value of a test.
 *
 * @param p 0 to 1
 * @returns three decimals, `< 0.001` below that
 */
export function probabilityText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Made once: making one takes a hundred times as long as writing a number. */
const COUNTS = new Intl.NumberFormat("en");

/** Writes a whole number with separators. */
export function countText(count: number): string {
  return COUNTS.format(count);
}

/**
 * Writes a count and what was counted.
 *
 * @param count a whole number
 * @param many the noun for others; the first with an s unless told
 */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/**
 * Writes a duration in the two units that matter.
 *
 * @param ms milliseconds, not negative
 * @returns `0.8 s`, `12 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`
 */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * Writes a moment for people.
 *
 * @param moment RFC 3339
 * @returns `2026-11-25 02:51 UTC`
 */
export function momentText(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Units of sizes, each 1,024 of the one before. */
const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/**
 * Writes a size.
 *
 * @param bytes not negative
 * @returns `63.4 GiB`, `812 B`
 */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10);
  const unit = Math.min(power, SIZE_UNITS.length - 1);
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)}${NO_BREAK}${SIZE_UNITS[unit]}`;
}
