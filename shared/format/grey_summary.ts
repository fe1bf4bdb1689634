/** Summary of the grey values of a 16-bit image. */
export interface GreySummary {
  /** Minimum value, 0 to 65,535. */
  readonly min: number;
  /** Maximum value, 0 to 65,535. */
  readonly max: number;
  /** Share of pixels brighter than 1/64 of the maximum, 0 to 1. */
  readonly brightShare: number;
  /** Value that at most 1 in 1,000 pixels exceed, 0 to 65,535; ignores marks and hot pixels. */
  readonly nearlyMax: number;
  /** Share of the bright pixels that have the maximum value, 0 to 1. */
  readonly saturatedShare: number;
  /** Share of the pixels near the edges that are brighter than 3/4 of the maximum, 0 to 1. */
  readonly brightEdgeShare: number;
  /** Mean value near the edges divided by the overall mean; NaN for a black image. */
  readonly edgeRatio: number;
}

/** Pixels below this fraction of the maximum are dark. */
const DARK_FRACTION = 1 / 64;
/** Pixels above this fraction of the maximum are too bright for a background. */
const WHITE_FRACTION = 3 / 4;
const OUTLIER_SHARE = 1 / 1000;
/** Width of the edge on each side, as a fraction of width and height. */
const EDGE_FRACTION = 1 / 32;
const VALUES = 65536;

/** Builds the grey histogram of an image, row by row. */
export class GreyCounter {
  readonly #all = new Uint32Array(VALUES);
  readonly #edge = new Uint32Array(VALUES);

  /** Counts row `y` (0-based). */
  addRow(values: Uint16Array, y: number, height: number): void {
    const all = this.#all;
    const width = values.length;
    for (let x = 0; x < width; x++) all[values[x]!]! += 1;
    const sides = Math.max(1, Math.round(width * EDGE_FRACTION));
    const ends = Math.max(1, Math.round(height * EDGE_FRACTION));
    if (y < ends || y >= height - ends) this.#addEdge(values);
    else {
      this.#addEdge(values.subarray(0, sides));
      this.#addEdge(values.subarray(Math.max(sides, width - sides)));
    }
  }

  #addEdge(values: Uint16Array): void {
    for (const value of values) this.#edge[value]! += 1;
  }

  /** Summarises the rows so far, which must have at least one pixel. */
  summary(): GreySummary {
    const all = this.#all;
    const min = all.findIndex((count) => count > 0);
    const max = all.findLastIndex((count) => count > 0);
    const pixels = countAbove(all, -1);
    const bright = countAbove(all, Math.floor(max * DARK_FRACTION));
    let nearlyMax = max;
    for (let above = all[max]!; nearlyMax > 0 && above <= pixels * OUTLIER_SHARE;) {
      nearlyMax -= 1;
      above += all[nearlyMax]!;
    }
    return {
      min,
      max,
      brightShare: bright / pixels,
      nearlyMax,
      saturatedShare: bright === 0 ? 0 : all[max]! / bright,
      brightEdgeShare: countAbove(this.#edge, Math.floor(max * WHITE_FRACTION)) /
        countAbove(this.#edge, -1),
      edgeRatio: meanOf(this.#edge) / meanOf(all),
    };
  }
}

function countAbove(histogram: Uint32Array, value: number): number {
  let count = 0;
  for (let at = value + 1; at < histogram.length; at++) count += histogram[at]!;
  return count;
}

function meanOf(histogram: Uint32Array): number {
  let sum = 0;
  for (let value = 0; value < histogram.length; value++) sum += value * histogram[value]!;
  return sum / countAbove(histogram, -1);
}
