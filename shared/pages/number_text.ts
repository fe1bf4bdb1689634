/** Keeps a number and its sign on one line. */
const NO_BREAK = "\u00a0";

/** Limits of an interval; null if there is none. */
export type Limits = readonly [lower: number, upper: number] | null;

/** A metric between 0 and 1 with three decimals, as precise as screening samples can support. */
export function metricText(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

/** Formats an interval of a metric as `0.830–0.910`; an em dash if there is none. */
export function intervalText(
  limits: Limits,
  write: (value: number) => string = metricText,
): string {
  return limits ? `${write(limits[0])}–${write(limits[1])}` : "—";
}

/** Formats a share (0 to 1) as a percentage: one decimal, two significant digits below 1 %. */
export function percentText(share: number): string {
  return `${percentDigits(share)}${NO_BREAK}%`;
}

/** Like {@linkcode percentText} without the percent sign, for columns that name the unit. */
export function percentDigits(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? String(Number(percent.toPrecision(2))) : percent.toFixed(1);
}

/** Formats a confidence level between 0 and 1, such as `95 %`. */
export function confidenceText(confidence: number): string {
  return `${Number((confidence * 100).toFixed(6))}${NO_BREAK}%`;
}

/** Formats a score or threshold with four significant digits; the JSON keeps all. */
export function scoreText(score: number): string {
  return String(Number(score.toPrecision(4)));
}

/** Two decimals, or three significant digits from 1000 on; with a true minus sign. */
export function coefficientText(value: number): string {
  const digits = Math.abs(value) < 1000 ? value.toFixed(2) : String(Number(value.toPrecision(3)));
  return digits.replace(/^-/, "−");
}

/** Formats an interval whose limits may be negative, as `−0.42 to 0.98`; an em dash if there is none. */
export function coefficientInterval(
  limits: Limits,
  write: (value: number) => string = coefficientText,
): string {
  return limits === null ? "—" : `${write(limits[0])} to ${write(limits[1])}`;
}

/** Formats a difference of metrics (−1 to 1): three decimals, signed unless it rounds to zero. */
export function signedMetricText(difference: number): string {
  const digits = Math.abs(difference).toFixed(3);
  if (Number(digits) === 0) return digits;
  return `${difference < 0 ? "−" : "+"}${digits}`;
}

/** Formats a p value: three decimals, `< 0.001` below that. */
export function probabilityText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Created once: creating a formatter takes a hundred times as long as using it. */
const COUNTS = new Intl.NumberFormat("en");

/** Formats a whole number with thousands separators. */
export function countText(count: number): string {
  return COUNTS.format(count);
}

/** A count with its noun; the plural of `one` is by default with an s. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** A duration in its two largest units: `0.8 s`, `12 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
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

/** Formats an RFC 3339 timestamp as `2026-11-25 02:51 UTC`. */
export function momentText(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Units of sizes, each 1,024 times the one before. */
const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Formats a size in bytes: `63.4 GiB`, `812 B`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10);
  const unit = Math.min(power, SIZE_UNITS.length - 1);
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)}${NO_BREAK}${SIZE_UNITS[unit]}`;
}
