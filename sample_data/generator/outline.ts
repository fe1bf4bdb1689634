import { between, type Random } from "./random.ts";

/** The projections of a screening exam. */
export type Projection = "CC" | "MLO";

/** Columns of every phantom. */
export const WIDTH_PIXELS = 832;
/** Rows of every phantom. */
export const HEIGHT_PIXELS = 1024;

/**
 * Where the breast lies in one picture. The chest wall is at column 0; right breasts are mirrored
 * when everything is drawn.
 */
export interface Outline {
  /** Which projection it is. */
  readonly projection: Projection;
  /** Column of the nipple: how far the breast reaches, in pixels. */
  readonly depth: number;
  /** Row of the nipple. */
  readonly nippleRow: number;
  /** Rows between the nipple and the lower end of the breast. */
  readonly halfHeight: number;
  /** Column at which skin meets air in a row; 0 or less where there is no breast. */
  readonly edge: (row: number) => number;
}

/** Size of a breast relative to the picture; both breasts of a woman are nearly alike. */
export interface BreastSize {
  /** Reach from chest wall to nipple, share of the width. */
  readonly depth: number;
  /** Half the height on the chest wall in CC, share of the height. */
  readonly halfHeight: number;
}

function craniocaudal(size: BreastSize, random: Random): Outline {
  const depth = size.depth * WIDTH_PIXELS;
  const halfHeight = size.halfHeight * HEIGHT_PIXELS;
  const nippleRow = HEIGHT_PIXELS * between(random, 0.49, 0.53);
  const power = between(random, 1.7, 1.95);
  function edge(row: number): number {
    const away = Math.abs(row - nippleRow) / halfHeight;
    return away >= 1 ? 0 : depth * Math.pow(1 - Math.pow(away, power), 0.8);
  }
  return { projection: "CC", depth, nippleRow, halfHeight, edge };
}

function mediolateralOblique(size: BreastSize, random: Random): Outline {
  const depth = size.depth * WIDTH_PIXELS * 1.04;
  const nippleRow = HEIGHT_PIXELS * between(random, 0.55, 0.59);
  const halfHeight = Math.min(size.halfHeight * HEIGHT_PIXELS, HEIGHT_PIXELS * 0.4);
  const axilla = WIDTH_PIXELS * between(random, 0.27, 0.32);
  function edge(row: number): number {
    if (row > nippleRow) {
      const away = (row - nippleRow) / halfHeight;
      return away >= 1 ? 0 : depth * Math.pow(1 - Math.pow(away, 2.1), 0.62);
    }
    const away = (nippleRow - row) / nippleRow;
    return axilla + (depth - axilla) * (1 - Math.pow(away, 1.75));
  }
  return { projection: "MLO", depth, nippleRow, halfHeight, edge };
}

/**
 * Draws the outline of a compressed breast.
 *
 * @param projection craniocaudal or mediolateral oblique
 * @param size relative size of the breast
 * @param random where the small differences between views come from
 * @returns the outline
 */
export function drawOutline(projection: Projection, size: BreastSize, random: Random): Outline {
  return projection === "CC" ? craniocaudal(size, random) : mediolateralOblique(size, random);
}

/**
 * Marks the pixels of the breast, nipple included.
 *
 * @param outline the outline
 * @returns 1 inside, 0 outside, row by row
 */
export function breastMask(outline: Outline): Uint8Array {
  const mask = new Uint8Array(WIDTH_PIXELS * HEIGHT_PIXELS);
  for (let row = 0; row < HEIGHT_PIXELS; row++) {
    const end = Math.min(WIDTH_PIXELS, Math.ceil(outline.edge(row)));
    if (end > 0) mask.fill(1, row * WIDTH_PIXELS, row * WIDTH_PIXELS + end);
    const lift = (row - outline.nippleRow) / 17;
    if (Math.abs(lift) >= 1) continue;
    const tip = Math.ceil(outline.depth + 20 * Math.sqrt(1 - lift * lift) - 6);
    mask.fill(1, row * WIDTH_PIXELS, row * WIDTH_PIXELS + Math.min(WIDTH_PIXELS, tip));
  }
  return mask;
}
