import type { Laterality, View } from "../../shared/domain/mod.ts";
import { lateralityOf } from "../../shared/domain/mod.ts";
import { breastOf, type PhantomExam } from "./cohort.ts";
import { depthBelowSkin } from "./distance.ts";
import { addLesion, type Lesion, type Place } from "./lesions.ts";
import { addMarker } from "./marker.ts";
import { addPectoralMuscle } from "./muscle.ts";
import { breastMask, drawOutline, HEIGHT_PIXELS, type Outline, WIDTH_PIXELS } from "./outline.ts";
import type { Plane } from "./plane.ts";
import { nearlyNormal, type Random, randomStream } from "./random.ts";
import { paintTissue } from "./texture.ts";

/** A finished 16-bit picture, row by row. */
export interface Phantom {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 16-bit grey values; 0 is air. */
  readonly pixels: Uint16Array;
}

/** Values come in steps of 1/4095 of the range, as from a 12-bit detector. */
const LEVELS = 4095;
/** The step between two levels in 16-bit units; 4095 * 16 = 65520. */
const LEVEL_STEP = 16;
/** Standard deviation of the detector's noise, in levels: noise is most of what a PNG weighs. */
const NOISE_LEVELS = 3;

function placeOf(lesion: Lesion, outline: Outline): Place {
  const across = outline.projection === "CC" ? lesion.medial : lesion.inferior;
  return { x: lesion.depth * outline.depth, y: outline.nippleRow + across * outline.halfHeight };
}

/** Brightness to grey values; right breasts are mirrored: their chest wall is the right edge. */
function develop(plane: Plane, mask: Uint8Array, side: Laterality, noise: Random): Uint16Array {
  const pixels = new Uint16Array(plane.values.length);
  for (let at = 0; at < pixels.length; at++) {
    if (plane.values[at] === 0) continue;
    const grain = mask[at] === 1 ? NOISE_LEVELS * nearlyNormal(noise) : 0;
    const level = Math.round(plane.values[at]! * LEVELS + grain);
    const x = at % plane.width;
    const mirrored = side === "right" ? at - x + plane.width - 1 - x : at;
    pixels[mirrored] = Math.min(LEVELS, Math.max(1, level)) * LEVEL_STEP;
  }
  return pixels;
}

/**
 * Draws one view of one exam.
 *
 * @param seed seed of the whole set; the same seed gives the same pixels
 * @param exam what the breasts look like and which lesions they have
 * @param view which of the four pictures
 * @returns the picture
 */
export function drawPhantom(seed: number, exam: PhantomExam, view: View): Phantom {
  const side = lateralityOf(view);
  const projection = view.endsWith("CC") ? "CC" : "MLO";
  const name = `${exam.index}/${view}`;
  const outline = drawOutline(projection, exam.size, randomStream(seed, `${name}/outline`));
  const mask = breastMask(outline);
  const skinDepth = depthBelowSkin(mask, WIDTH_PIXELS);
  const plane = paintTissue(outline, skinDepth, exam.density, seed, name);
  if (projection === "MLO") {
    addPectoralMuscle(plane, skinDepth, randomStream(seed, `${name}/muscle`));
  }
  for (const [index, lesion] of breastOf(exam, side).lesions.entries()) {
    const random = randomStream(seed, `${name}/lesion ${index}`);
    addLesion(plane, placeOf(lesion, outline), lesion, random);
  }
  const pixels = develop(plane, mask, side, randomStream(seed, `${name}/grain`));
  // after mirroring, so that it can be read
  const column = side === "left" ? WIDTH_PIXELS - 120 : 40;
  addMarker(pixels, WIDTH_PIXELS, view.replace("-", ""), column, 60);
  return { width: WIDTH_PIXELS, height: HEIGHT_PIXELS, pixels };
}
