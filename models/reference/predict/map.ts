import type { Picture } from "./png.ts";

/** Numbers over a picture of working size, row by row. */
export interface PixelMap {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `width * height` values. */
  readonly values: Float32Array;
}

/** Pictures are reduced to about this many rows: 0.2 to 0.3 mm a pixel on real mammograms. */
const WORKING_ROWS = 1024;

/**
 * Reduces a picture by a whole factor to about 1,024 rows; every value is the mean of a block.
 *
 * @param picture the picture
 * @returns the reduced picture, grey values 0 to 65,535
 */
export function reduce(picture: Picture): PixelMap {
  const factor = Math.max(1, Math.round(picture.height / WORKING_ROWS));
  const width = Math.max(1, Math.floor(picture.width / factor));
  const height = Math.max(1, Math.floor(picture.height / factor));
  const values = new Float32Array(width * height);
  const usedColumns = Math.min(picture.width, width * factor);
  const usedRows = Math.min(picture.height, height * factor);
  for (let y = 0; y < usedRows; y++) {
    const start = Math.floor(y / factor) * width;
    for (let x = 0; x < usedColumns; x++) {
      values[start + Math.floor(x / factor)]! += picture.pixels[y * picture.width + x]!;
    }
  }
  const share = 1 / (factor * factor);
  for (let at = 0; at < values.length; at++) values[at] = values[at]! * share;
  return { width, height, values };
}

/**
 * Turns a map round.
 *
 * @param map a map
 * @returns the same map, left and right exchanged
 */
export function mirrored(map: PixelMap): PixelMap {
  const values = new Float32Array(map.values.length);
  for (let y = 0; y < map.height; y++) {
    const start = y * map.width;
    for (let x = 0; x < map.width; x++) {
      values[start + x] = map.values[start + map.width - 1 - x]!;
    }
  }
  return { ...map, values };
}

/**
 * Means over square windows. Near the border a window is cut to the part that lies inside.
 *
 * @param map a map
 * @param radius the windows have `2 * radius + 1` rows and columns
 * @returns the mean of the window around each pixel
 */
export function boxMean(map: PixelMap, radius: number): PixelMap {
  const { width, height } = map;
  const line = width + 1;
  const sums = new Float64Array(line * (height + 1)); // of all values above and to the left
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += map.values[y * width + x]!;
      sums[(y + 1) * line + x + 1] = sums[y * line + x + 1]! + row;
    }
  }
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height, y + radius + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - radius);
      const right = Math.min(width, x + radius + 1);
      const sum = sums[bottom * line + right]! - sums[top * line + right]! -
        sums[bottom * line + left]! + sums[top * line + left]!;
      values[y * width + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return { width, height, values };
}

/**
 * Finds quantiles of grey values by counting them: much faster than sorting.
 *
 * @param map grey values, 0 to 65,535
 * @param mask 1 for the pixels that count; all count when it is left out
 * @returns tells, for a share from 0 to 1, the whole grey value up to which at least that share of
 *   the pixels lies; 0 where no pixel counts
 */
export function greyQuantiles(map: PixelMap, mask?: Uint8Array): (share: number) => number {
  const counts = new Uint32Array(65_536);
  let total = 0;
  for (let at = 0; at < map.values.length; at++) {
    if (mask !== undefined && mask[at] === 0) continue;
    counts[Math.floor(map.values[at]!)]!++;
    total++;
  }
  return (share) => {
    let grey = 0;
    for (let below = counts[0]!; below < share * total; below += counts[grey]!) grey++;
    return grey;
  };
}
