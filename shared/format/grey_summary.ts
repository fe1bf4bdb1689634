/** What the greys of a 16-bit picture say. */
export interface GreySummary {
  /** Least value, 0 to 65,535. */
  readonly min: number;
  /** Greatest value, 0 to 65,535. */
  readonly max: number;
  /** Share of the pixels that are brighter than 1/64 of the brightest, 0 to 1. */
  readonly brightShare: number;
  /** Value that at most 1 in 1,000 pixels exceed, 0 to 65,535: a mark or a hot pixel does not count. */
  readonly nearlyMax: number;
  /** Share of the bright pixels that have the greatest value, 0 to 1. */
  readonly saturatedShare: number;
  /** Share of the pixels near the edges that are brighter than 3/4 of the brightest, 0 to 1. */
  readonly brightEdgeShare: number;
  /** Mean value near the edges over the mean value of all; NaN for a black picture. */
  readonly edgeRatio: number;
}

/** Below this fraction of the brightest a pixel counts as dark. */
const DARK_FRACTION = 1 / 64;
/** Above this fraction of the brightest a pixel is as bright as a background that should be black. */
const WHITE_FRACTION = 3 / 4;
const OUTLIER_SHARE = 1 / 1000;
/** The edge is so much of width and height, on each side. */
const EDGE_FRACTION = 1 / 32;
const VALUES = 65536;

/** Counts the greys of a picture, row by row. */
export class GreyCounter {
  readonly #all = new Uint32Array(VALUES);
  readonly #edge = new Uint32Array(VALUES);

  /**
   * Counts one row.
   *
   * @param y its place, from 0
   */
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

  /**
   * Says what the rows have in them; there must be a pixel.
   *
   * @returns shares and values of the whole picture
   */
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
