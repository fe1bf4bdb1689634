/** Side of the image where the breast lies; `unclear` when the pixels do not show it. */
export type BreastSide = "left" | "right" | "unclear";

/** Samples every eighth row and column, which is enough for a breast. */
const STRIDE = 8;
/** Values from this (of 65,535) on are tissue; the background is black. */
const TISSUE_MIN = 2048;
/** How many times more tissue one half must have than the other. */
const CLEAR_RATIO = 1.2;
/** Minimum share of tissue in the image; below it the side is unclear. */
const TISSUE_SHARE_MIN = 0.01;

/** Finds the half of an image with more tissue; the chest wall is at that side's edge. */
export function breastSide(greys: Uint16Array, width: number, height: number): BreastSide {
  let left = 0;
  let right = 0;
  let seen = 0;
  const middle = width / 2;
  for (let y = 0; y < height; y += STRIDE) {
    for (let x = STRIDE >> 1; x < width; x += STRIDE) {
      seen += 1;
      if (greys[y * width + x]! < TISSUE_MIN) continue;
      if (x < middle) left += 1;
      else right += 1;
    }
  }
  if (left + right === 0 || left + right < seen * TISSUE_SHARE_MIN) return "unclear";
  if (left >= right * CLEAR_RATIO) return "left";
  return right >= left * CLEAR_RATIO ? "right" : "unclear";
}
