/** A grey picture with values that are not yet pixels: row by row, 0 is black. */
export interface Plane {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `width * height` values. */
  readonly values: Float32Array;
}

/**
 * Takes a fresh sheet.
 *
 * @param width columns
 * @param height rows
 * @returns a black picture
 */
export function blankPlane(width: number, height: number): Plane {
  return { width, height, values: new Float32Array(width * height) };
}

/**
 * Raises one value to at least the given one; outside the picture nothing happens. Overlapping
 * strokes of one layer therefore do not add up.
 *
 * @param plane the picture, changed in place
 * @param x column
 * @param y row
 * @param value the least value afterwards
 */
export function raise(plane: Plane, x: number, y: number, value: number): void {
  if (x < 0 || y < 0 || x >= plane.width || y >= plane.height) return;
  const at = y * plane.width + x;
  if (plane.values[at]! < value) plane.values[at] = value;
}

/**
 * Steps smoothly from 0 to 1.
 *
 * @param low where the step begins
 * @param high where the step ends, above `low`
 * @param value where to evaluate
 * @returns 0 below `low`, 1 above `high`, a smooth cubic between
 */
export function smoothStep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
