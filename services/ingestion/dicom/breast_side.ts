/** Where in a picture the breast lies; `unclear` when the pixels do not tell. */
export type BreastSide = "left" | "right" | "unclear";

/** Every so many rows and columns are looked at: a breast is no small thing. */
const STRIDE = 8;
/** Brighter than this (of 65,535) is tissue; the background is black. */
const TISSUE_MIN = 2048;
/** One half must have so many times the tissue of the other. */
const CLEAR_RATIO = 1.2;
/** Share of the picture that tissue must take up before anything is said. */
const TISSUE_SHARE_MIN = 0.01;

/**
 * Finds the half of a picture in which the breast lies: the one with more tissue. The chest wall
 * is at that side's edge.
 *
 * @param greys of a converted image, row by row
 * @param width columns
 * @param height rows
 */
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
