import { fractal, gradientNoise } from "./noise.ts";
import { blankPlane, type Plane, smoothStep } from "./plane.ts";
import { between, nearlyNormal, type Random } from "./random.ts";
import { drawStroke } from "./strokes.ts";

/** What a lesion looks like. The first two are malignant, the others are benign. */
export type LesionKind =
  | "spiculated_mass"
  | "fine_calcifications"
  | "oval_mass"
  | "coarse_calcifications";

/** A lesion in a breast, placed in the anatomy, so that both views show the same one. */
export interface Lesion {
  /** What it looks like. */
  readonly kind: LesionKind;
  /** From the chest wall (0) to the nipple (1): the same in both views. */
  readonly depth: number;
  /** From lateral (-1) over the nipple's level (0) to medial (1): shown in CC. */
  readonly medial: number;
  /** From superior (-1) over the nipple's level (0) to inferior (1): shown in MLO. */
  readonly inferior: number;
  /** Radius in pixels. */
  readonly radius: number;
  /** Brightness over the surrounding tissue, 0 to 1. */
  readonly contrast: number;
}

/** Where a lesion lies in one picture. */
export interface Place {
  /** Column. */
  readonly x: number;
  /** Row. */
  readonly y: number;
}

/** A body that is brightest in its middle, its border pushed in and out by noise. */
function addBody(
  plane: Plane,
  place: Place,
  lesion: Lesion,
  shape: { roughness: number; flatness: number; softness: number },
  random: Random,
): void {
  const border = fractal(gradientNoise(random), 3);
  const reach = Math.ceil(lesion.radius * 1.9);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const x = Math.round(place.x) + dx;
      const y = Math.round(place.y) + dy;
      if (x < 0 || y < 0 || x >= plane.width || y >= plane.height) continue;
      const angle = Math.atan2(dy, dx);
      const wave = border(2 + 1.3 * Math.cos(angle), 2 + 1.3 * Math.sin(angle));
      const radius = lesion.radius * (1 + shape.roughness * wave);
      const distance = Math.sqrt(dx * dx + dy * dy / (shape.flatness * shape.flatness)) / radius;
      const share = smoothStep(0, shape.softness, 1 - distance) * (1 - 0.25 * distance);
      if (share > 0) plane.values[y * plane.width + x]! += lesion.contrast * share;
    }
  }
}

function addSpicules(plane: Plane, place: Place, lesion: Lesion, random: Random): void {
  const layer = blankPlane(plane.width, plane.height);
  const count = Math.round(between(random, 16, 24));
  for (let i = 0; i < count; i++) {
    const angle = 2 * Math.PI * (i + between(random, -0.4, 0.4)) / count;
    drawStroke(layer, {
      x: place.x + Math.cos(angle) * lesion.radius * 0.6,
      y: place.y + Math.sin(angle) * lesion.radius * 0.6,
      angle,
      bend: between(random, -0.006, 0.006),
      length: lesion.radius * between(random, 0.7, 1.9),
      width: between(random, 1.0, 1.8),
      contrast: lesion.contrast * between(random, 0.35, 0.6),
      taper: 0.15,
    });
  }
  for (let at = 0; at < layer.values.length; at++) plane.values[at]! += layer.values[at]!;
}

/** One calcification: a short bright rod, or a dot. */
function addCalcification(
  layer: Plane,
  place: Place,
  width: number,
  contrast: number,
  random: Random,
): void {
  drawStroke(layer, {
    ...place,
    angle: between(random, 0, 2 * Math.PI),
    bend: 0,
    length: between(random, 0.5, width * 2.5),
    width,
    contrast,
    taper: 0.8,
  });
}

function addCalcifications(plane: Plane, place: Place, lesion: Lesion, random: Random): void {
  const fine = lesion.kind === "fine_calcifications";
  const layer = blankPlane(plane.width, plane.height);
  const count = fine ? Math.round(between(random, 20, 28)) : Math.round(between(random, 3, 5));
  for (let i = 0; i < count; i++) {
    const spot = {
      x: place.x + nearlyNormal(random) * lesion.radius * 0.5,
      y: place.y + nearlyNormal(random) * lesion.radius * 0.5,
    };
    const width = fine ? between(random, 0.7, 1.3) : between(random, 3, 5);
    addCalcification(layer, spot, width, lesion.contrast * between(random, 0.5, 1), random);
  }
  for (let at = 0; at < layer.values.length; at++) plane.values[at]! += layer.values[at]!;
}

/**
 * Adds a lesion to a picture.
 *
 * @param plane the picture, changed in place
 * @param place where its centre lies
 * @param lesion what it is
 * @param random where its irregularities are drawn from
 */
export function addLesion(plane: Plane, place: Place, lesion: Lesion, random: Random): void {
  switch (lesion.kind) {
    case "spiculated_mass":
      addBody(plane, place, lesion, { roughness: 0.5, flatness: 0.9, softness: 0.6 }, random);
      addSpicules(plane, place, lesion, random);
      return;
    case "oval_mass":
      addBody(plane, place, lesion, { roughness: 0.08, flatness: 0.75, softness: 0.22 }, random);
      return;
    case "fine_calcifications":
    case "coarse_calcifications":
      addCalcifications(plane, place, lesion, random);
  }
}
