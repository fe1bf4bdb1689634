import type { Breast } from "./breast.ts";
import { boxMean, type PixelMap } from "./map.ts";

/** Mean brightness over a grid that is laid over every breast alike. */
export interface BrightnessGrid {
  /** Brightness of the cells, row by row; 0, the median, where a cell has no interior. */
  readonly cells: Float64Array;
}

/** What is measured in one picture. */
export interface Features {
  /** Contrast of the most mass-like bright spot to its surroundings, in spreads of brightness. */
  readonly blob: number;
  /** Most calcification-like specks found close together. */
  readonly specks: number;
  /** For comparing with the other breast. */
  readonly grid: BrightnessGrid;
}

/** Half widths of masses looked for, share of the rows: about 3, 4.5 and 7 mm. */
const BLOB_RADII = [0.012, 0.018, 0.028] as const;
/** Surroundings begin where the blob's own box ends: centres this many radii apart. */
const NEIGHBOUR_DISTANCE = 2.6;
/** A speck is a box of 3 x 3 pixels. */
const SPECK_RADIUS = 1;
/** A speck stands out by this many times the typical fluctuation of its size. */
const SPECK_CONTRAST = 5;
/** Half width of the window in which specks make a cluster, share of the rows: about 6 mm. */
const CLUSTER_RADIUS = 0.025;
/** Cells of the grid from top to bottom and from chest wall to nipple. */
export const GRID_ROWS = 16;
/** See {@linkcode GRID_ROWS}. */
export const GRID_COLUMNS = 10;

/**
 * How much brighter a box is than the brightest of its eight neighbours: high for compact bodies,
 * low for strands, which continue into a neighbour, and for edges.
 */
function compactness(brightness: PixelMap, interior: Uint8Array, radius: number): Float32Array {
  const { width, height } = brightness;
  const mean = boxMean(brightness, radius).values;
  const distance = Math.round(NEIGHBOUR_DISTANCE * radius);
  const diagonal = Math.max(1, Math.round(distance * Math.SQRT1_2));
  const result = new Float32Array(mean.length).fill(-Infinity);
  for (let y = distance; y < height - distance; y++) {
    for (let x = distance; x < width - distance; x++) {
      const at = y * width + x;
      if (interior[at] === 0) continue;
      const above = at - diagonal * width;
      const below = at + diagonal * width;
      result[at] = mean[at]! - Math.max(
        mean[at - distance]!,
        mean[at + distance]!,
        mean[at - distance * width]!,
        mean[at + distance * width]!,
        mean[above - diagonal]!,
        mean[above + diagonal]!,
        mean[below - diagonal]!,
        mean[below + diagonal]!,
      );
    }
  }
  return result;
}

function greatest(values: Float32Array): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** Contrast of the best blob of any size; 0 when nothing stands out. */
function blobContrast(breast: Breast): number {
  let best = 0;
  for (const share of BLOB_RADII) {
    const radius = Math.max(2, Math.round(share * breast.brightness.height));
    best = Math.max(best, greatest(compactness(breast.brightness, breast.interior, radius)));
  }
  return best;
}

/** Whether no pixel around is more compact; of equal ones the first counts. */
function isPeak(values: Float32Array, at: number, width: number): boolean {
  const value = values[at]!;
  for (const other of [at - width - 1, at - width, at - width + 1, at - 1]) {
    if (values[other]! >= value) return false;
  }
  for (const other of [at + 1, at + width - 1, at + width, at + width + 1]) {
    if (values[other]! > value) return false;
  }
  return true;
}

/** The greatest number of specks in one window. */
function clusteredSpecks(breast: Breast): number {
  const { width, height } = breast.brightness;
  const values = compactness(breast.brightness, breast.interior, SPECK_RADIUS);
  const sizes = values.filter((value) => value > -Infinity).map(Math.abs).sort();
  const typical = sizes.length === 0 ? 0 : sizes[Math.floor(sizes.length / 2)]!;
  const specks = new Float32Array(values.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (values[at]! > SPECK_CONTRAST * typical && isPeak(values, at, width)) specks[at] = 1;
    }
  }
  const radius = Math.max(2, Math.round(CLUSTER_RADIUS * height));
  const window = (2 * radius + 1) ** 2;
  return Math.max(
    0,
    Math.round(greatest(boxMean({ width, height, values: specks }, radius).values) * window),
  );
}

/** Lays the grid over the breast's bounds: rows from top to bottom, columns from the chest wall. */
function brightnessGrid(breast: Breast): BrightnessGrid {
  const { top, bottom, right } = breast.bounds;
  const { width, values } = breast.brightness;
  const sums = new Float64Array(GRID_ROWS * GRID_COLUMNS);
  const counts = new Float64Array(sums.length);
  for (let y = top; y <= bottom; y++) {
    const row = Math.floor((y - top) * GRID_ROWS / (bottom - top + 1));
    for (let x = 0; x <= right; x++) {
      const at = y * width + x;
      if (breast.interior[at] === 0) continue;
      const cell = row * GRID_COLUMNS + Math.floor(x * GRID_COLUMNS / (right + 1));
      sums[cell]! += values[at]!;
      counts[cell]!++;
    }
  }
  return { cells: sums.map((sum, cell) => counts[cell] === 0 ? 0 : sum / counts[cell]!) };
}

/**
 * Measures a breast.
 *
 * @param breast the breast
 * @returns its features
 */
export function measure(breast: Breast): Features {
  return {
    blob: blobContrast(breast),
    specks: clusteredSpecks(breast),
    grid: brightnessGrid(breast),
  };
}

/**
 * Compares a breast with the other one in the same view: where is it brighter over an area of
 * 2 x 2 cells, and by how much.
 *
 * @param own grid of the breast
 * @param other grid of the other breast
 * @returns the greatest excess, in spreads of brightness; 0 when nowhere brighter
 */
export function asymmetry(own: BrightnessGrid, other: BrightnessGrid): number {
  let most = 0;
  for (let row = 0; row + 1 < GRID_ROWS; row++) {
    for (let column = 0; column + 1 < GRID_COLUMNS; column++) {
      const at = row * GRID_COLUMNS + column;
      let excess = 0;
      for (const cell of [at, at + 1, at + GRID_COLUMNS, at + GRID_COLUMNS + 1]) {
        excess += own.cells[cell]! - other.cells[cell]!;
      }
      most = Math.max(most, excess / 4);
    }
  }
  return most;
}
