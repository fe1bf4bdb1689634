import { boxMean, greyQuantiles, mirrored, type PixelMap } from "./map.ts";
import { pectoralMuscle } from "./pectoral_muscle.ts";

/** A breast found in a picture; its chest wall is column 0 however the picture lay. */
export interface Breast {
  /** Brightness: 0 is the median of the interior, 1 its spread from 10 % to 90 %. */
  readonly brightness: PixelMap;
  /** 1 where findings are looked for: below the skin, outside the pectoral muscle. */
  readonly interior: Uint8Array;
  /** First and last row, last column of the breast. */
  readonly bounds: { readonly top: number; readonly bottom: number; readonly right: number };
}

/** Darker than this share of the bright tissue is air. */
const AIR_SHARE = 0.04;
/** Bright tissue: not the maximum, which is a marker or a clip. */
const BRIGHT_SHARE = 0.995;
/** Width of the rim with skin and nipple, as a share of the rows: about 5 mm. */
const RIM_SHARE = 0.02;
/** An interior of fewer pixels tells nothing. */
const INTERIOR_PIXELS_MIN = 1000;

/** Rows of one column that show tissue. */
function tissueRows(map: PixelMap, column: number, threshold: number): number {
  let rows = 0;
  for (let y = 0; y < map.height; y++) {
    if (map.values[y * map.width + column]! > threshold) rows++;
  }
  return rows;
}

/** Turns the picture so that the chest wall is on the left: the side with more tissue at the edge. */
function chestWallLeft(map: PixelMap, threshold: number): PixelMap {
  const margin = Math.max(1, Math.floor(map.width / 50));
  let balance = 0;
  for (let x = 0; x < margin; x++) {
    balance += tissueRows(map, x, threshold) - tissueRows(map, map.width - 1 - x, threshold);
  }
  return balance < 0 ? mirrored(map) : map;
}

/** Collects the pixels of tissue that are connected with one of them into the queue. */
function floodPiece(
  map: PixelMap,
  threshold: number,
  start: number,
  seen: Uint8Array,
  queue: Int32Array,
): number {
  const { width, values } = map;
  let size = 0;
  function visit(at: number): void {
    if (seen[at] === 1 || values[at]! <= threshold) return;
    seen[at] = 1;
    queue[size++] = at;
  }
  visit(start);
  for (let taken = 0; taken < size; taken++) {
    const at = queue[taken]!;
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at + width < values.length) visit(at + width);
  }
  return size;
}

/** The largest connected piece of tissue: the breast, not the markers beside it. */
function largestPiece(map: PixelMap, threshold: number): Int32Array {
  const seen = new Uint8Array(map.values.length);
  const queue = new Int32Array(map.values.length);
  let largest = new Int32Array(0);
  for (let start = 0; start < seen.length; start++) {
    const size = floodPiece(map, threshold, start, seen, queue);
    if (size > largest.length) largest = queue.slice(0, size);
  }
  return largest;
}

/**
 * Marks the breast: in every row all from the chest wall to the outermost tissue, so that fat as
 * dark as air leaves no holes.
 */
function breastMask(map: PixelMap, threshold: number): Uint8Array {
  const ends = new Int32Array(map.height);
  for (const at of largestPiece(map, threshold)) {
    const row = Math.floor(at / map.width);
    ends[row] = Math.max(ends[row]!, at % map.width + 1);
  }
  const mask = new Uint8Array(map.values.length);
  for (const [row, end] of ends.entries()) mask.fill(1, row * map.width, row * map.width + end);
  return mask;
}

function boundsOf(mask: Uint8Array, width: number): Breast["bounds"] {
  let top = -1;
  let bottom = 0;
  let right = 0;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    if (top < 0) top = Math.floor(at / width);
    bottom = Math.floor(at / width);
    right = Math.max(right, at % width);
  }
  return { top: Math.max(0, top), bottom, right };
}

/** What is left of the breast without its rim. */
function withoutRim(mask: Uint8Array, map: PixelMap): Uint8Array {
  const radius = Math.max(1, Math.round(RIM_SHARE * map.height));
  const filled = boxMean({ ...map, values: new Float32Array(mask) }, radius).values;
  const interior = new Uint8Array(mask.length);
  for (let at = 0; at < mask.length; at++) interior[at] = filled[at]! > 0.9999 ? 1 : 0;
  return interior;
}

/** Brightness relative to the interior, so that exposure and processing cancel out. */
function standardised(map: PixelMap, interior: Uint8Array): PixelMap {
  const quantile = greyQuantiles(map, interior);
  const median = quantile(0.5);
  const spread = Math.max(1, quantile(0.9) - quantile(0.1));
  const values = new Float32Array(map.values.length);
  for (let at = 0; at < values.length; at++) values[at] = (map.values[at]! - median) / spread;
  return { ...map, values };
}

/**
 * Finds the breast in a picture.
 *
 * @param picture grey values of working size
 * @param oblique whether it is an MLO view, which shows the pectoral muscle
 * @returns the breast, chest wall on the left
 * @throws {RangeError} when there is no breast to be seen
 */
export function findBreast(picture: PixelMap, oblique: boolean): Breast {
  const threshold = AIR_SHARE * greyQuantiles(picture)(BRIGHT_SHARE);
  const map = chestWallLeft(picture, threshold);
  const mask = breastMask(map, threshold);
  const interior = withoutRim(mask, map);
  const bounds = boundsOf(mask, map.width);
  if (oblique) {
    const muscle = pectoralMuscle(map, interior);
    for (let at = 0; at < interior.length; at++) if (muscle(at)) interior[at] = 0;
  }
  let pixels = 0;
  for (const inside of interior) pixels += inside;
  if (pixels < INTERIOR_PIXELS_MIN) {
    throw new RangeError(`Cannot find a breast: only ${pixels} pixels of tissue`);
  }
  return { brightness: standardised(map, interior), interior, bounds };
}
