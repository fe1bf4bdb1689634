import { findBreast } from "./breast.ts";
import { type Features, measure } from "./features.ts";
import { reduce } from "./map.ts";
import { decodePng } from "./png.ts";

/**
 * Measures one mammogram.
 *
 * @param png the PNG file
 * @param oblique whether it is an MLO view
 * @returns its features
 * @throws {SyntaxError} when the file is no readable greyscale PNG
 * @throws {RangeError} when its size is impossible or it shows no breast
 */
export function measureImage(png: Uint8Array, oblique: boolean): Features {
  return measure(findBreast(reduce(decodePng(png)), oblique));
}
