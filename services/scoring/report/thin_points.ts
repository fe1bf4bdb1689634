import type { Point } from "./curve_chart.ts";

/** Maximum points of a drawn curve: four per pixel column, more than the eye can resolve. */
export const CURVE_POINTS_MAX = 2000;

/** Below this, points are collinear for every purpose: a million samples step by 1e-6. */
const COLLINEAR = 1e-9;
/** First visible tolerance: a sixteenth of a pixel on a plot of about 500. */
const TOLERANCE_FIRST = 2 ** -13;

/**
 * Removes invisible points of a curve in [0, 1]: collinear ones, and if more than `max` remain, those within a
 * fraction of a pixel of the line. End points stay, and kept points do not move.
 *
 * One pass is the cone-intersection method for polylines (Williams 1978, "An efficient algorithm for the piecewise
 * linear approximation of planar curves"), linear in the number of points; it repeats with twice the tolerance.
 * @throws {RangeError} if `max` is below 2 or a coordinate is not finite
 */
export function thinPoints(points: readonly Point[], max: number = CURVE_POINTS_MAX): Point[] {
  if (!(max >= 2)) throw new RangeError(`Cannot thin curve: at most ${max} points were requested`);
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      throw new RangeError(`Cannot thin curve: point (${x}, ${y}) is not finite`);
    }
  }
  const corners = withinTolerance(points, COLLINEAR);
  let kept = corners;
  for (let tolerance = TOLERANCE_FIRST; kept.length > max; tolerance *= 2) {
    kept = withinTolerance(corners, tolerance);
  }
  return kept;
}

/** Drops points within `tolerance` of the kept line; a segment grows while one direction passes its points. */
function withinTolerance(points: readonly Point[], tolerance: number): Point[] {
  if (points.length <= 2) return [...points];
  const kept = [points[0]!];
  let cone = new Cone(points[0]!, tolerance / 2);
  for (let index = 1; index < points.length; index++) {
    if (cone.take(points[index]!)) continue;
    const anchor = points[index - 1]!;
    kept.push(anchor);
    cone = new Cone(anchor, tolerance / 2);
    cone.take(points[index]!);
  }
  kept.push(points.at(-1)!);
  return kept;
}

/** The directions from one anchor that pass all points so far within `reach`. */
class Cone {
  readonly #anchor: Point;
  readonly #reach: number;
  #farthest = 0;
  /** Direction of the first point beyond reach; limits are relative to it, so they never wrap. */
  #axis: number | undefined;
  #low = -Math.PI;
  #high = Math.PI;

  constructor(anchor: Point, reach: number) {
    this.#anchor = anchor;
    this.#reach = reach;
  }

  /** Adds a point, or returns false and leaves the cone unchanged. */
  take([x, y]: Point): boolean {
    const [dx, dy] = [x - this.#anchor[0], y - this.#anchor[1]];
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (distance < this.#farthest - this.#reach) return false;
    if (distance > this.#reach) {
      const direction = Math.atan2(dy, dx);
      this.#axis ??= direction;
      const turn = wrapped(direction - this.#axis);
      if (turn < this.#low || turn > this.#high) return false;
      const spread = Math.asin(this.#reach / distance);
      this.#low = Math.max(this.#low, turn - spread);
      this.#high = Math.min(this.#high, turn + spread);
    }
    this.#farthest = Math.max(this.#farthest, distance);
    return true;
  }
}

function wrapped(angle: number): number {
  if (angle > Math.PI) return angle - 2 * Math.PI;
  return angle < -Math.PI ? angle + 2 * Math.PI : angle;
}
