import { boxMean, greyQuantiles, type PixelMap } from "./map.ts";

/** A straight border from the upper edge of the picture down to the chest wall. */
interface Border {
  /** Where it meets the upper edge, in columns. */
  readonly top: number;
  /** Where it meets the chest wall, in rows. */
  readonly foot: number;
}

/** Smoothing and the distance at which both sides of the border are compared, share of the rows. */
const STEP_SHARE = 0.012;
/** Positions that are tried along each edge. */
const TRIES = 24;
/** Points at which a border is probed. */
const PROBES = 40;
/** The muscle must be brighter than its surroundings by this share of the tissue's brightness. */
const CONTRAST_MIN = 0.08;
/** What is cut away reaches beyond the border by this share of the rows. */
const MARGIN_SHARE = 0.02;

function sample(map: PixelMap, x: number, y: number): number {
  const column = Math.min(map.width - 1, Math.max(0, Math.round(x)));
  const row = Math.min(map.height - 1, Math.max(0, Math.round(y)));
  return map.values[row * map.width + column]!;
}

/** Mean fall of brightness across the border, from the muscle into the breast. */
function contrast(smooth: PixelMap, border: Border, step: number): number {
  const length = Math.hypot(border.top, border.foot);
  const normalX = border.foot / length * step;
  const normalY = border.top / length * step;
  let sum = 0;
  for (let i = 0; i < PROBES; i++) {
    const down = (i + 0.5) / PROBES;
    const x = border.top * (1 - down);
    const y = border.foot * down;
    sum += sample(smooth, x - normalX, y - normalY) - sample(smooth, x + normalX, y + normalY);
  }
  return sum / PROBES;
}

function tissueAtTop(map: PixelMap, interior: Uint8Array): number {
  const row = Math.round(0.05 * map.height);
  let last = 0;
  for (let x = 0; x < map.width; x++) if (interior[row * map.width + x] === 1) last = x;
  return last;
}

/**
 * Finds the pectoral muscle of an MLO view, chest wall on the left: the triangle in the upper corner
 * along whose border brightness falls most, over all borders on a grid.
 *
 * @param map grey values
 * @param interior 1 inside the breast
 * @returns tells whether the pixel at an index belongs to the muscle; never, when none was found
 */
export function pectoralMuscle(map: PixelMap, interior: Uint8Array): (at: number) => boolean {
  const step = Math.max(1, Math.round(STEP_SHARE * map.height));
  const smooth = boxMean(map, step);
  const widest = tissueAtTop(map, interior);
  let best: Border | undefined;
  let bestContrast = -Infinity;
  for (let i = 1; i <= TRIES && widest > 2 * step; i++) {
    for (let j = 1; j <= TRIES; j++) {
      const border = {
        top: 0.95 * widest * i / TRIES,
        foot: map.height * (0.15 + 0.65 * j / TRIES),
      };
      // longer borders are rarer by chance: weigh by the root of the length
      const value = contrast(smooth, border, 2 * step) *
        Math.sqrt(Math.hypot(border.top, border.foot) / map.height);
      if (value > bestContrast) [best, bestContrast] = [border, value];
    }
  }
  const bright = greyQuantiles(map, interior)(0.9);
  if (best === undefined || contrast(smooth, best, 2 * step) < CONTRAST_MIN * bright) {
    return () => false;
  }
  const { top, foot } = best;
  const margin = MARGIN_SHARE * map.height * Math.hypot(1 / top, 1 / foot);
  return (at) => {
    const x = at % map.width;
    const y = Math.floor(at / map.width);
    return x / top + y / foot < 1 + margin;
  };
}
