import { type Plane, raise } from "./plane.ts";

/** A thin bright line that may bend and fade. */
export interface Stroke {
  /** Column where it begins. */
  readonly x: number;
  /** Row where it begins. */
  readonly y: number;
  /** Direction in which it begins, in radians, 0 towards the nipple. */
  readonly angle: number;
  /** Change of direction, in radians a pixel. */
  readonly bend: number;
  /** Pixels from end to end. */
  readonly length: number;
  /** Standard deviation of the cross-section at the beginning, in pixels. */
  readonly width: number;
  /** Brightness at the beginning. */
  readonly contrast: number;
  /** Share of width and brightness that is left at the end. */
  readonly taper: number;
}

function stamp(plane: Plane, x: number, y: number, width: number, contrast: number): void {
  const reach = Math.ceil(width * 2.5);
  const column = Math.round(x);
  const row = Math.round(y);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const offX = column + dx - x;
      const offY = row + dy - y;
      const fall = Math.exp(-(offX * offX + offY * offY) / (2 * width * width));
      raise(plane, column + dx, row + dy, contrast * fall);
    }
  }
}

/**
 * Draws a stroke; where strokes cross, the brighter one shows.
 *
 * @param plane layer of strokes, changed in place
 * @param stroke what to draw
 */
export function drawStroke(plane: Plane, stroke: Stroke): void {
  let { x, y, angle } = stroke;
  for (let walked = 0; walked < stroke.length; walked++) {
    const left = 1 - (1 - stroke.taper) * walked / stroke.length;
    stamp(plane, x, y, Math.max(0.6, stroke.width * left), stroke.contrast * left);
    x += Math.cos(angle);
    y += Math.sin(angle);
    angle += stroke.bend;
  }
}
