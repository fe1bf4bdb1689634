import { fractal, gradientNoise, type Noise, ridged } from "./noise.ts";
import { HEIGHT_PIXELS, type Outline, WIDTH_PIXELS } from "./outline.ts";
import { blankPlane, type Plane, smoothStep } from "./plane.ts";
import { between, type Random, randomStream } from "./random.ts";
import { drawStroke } from "./strokes.ts";

/** Density category of ACR BI-RADS, fifth edition: from almost all fat to extremely dense. */
export type Density = "a" | "b" | "c" | "d";

/** How far the glandular disc reaches and how bright it is, by density. */
const GLAND: Readonly<Record<Density, { reach: number; brightness: number }>> = {
  a: { reach: 0.62, brightness: 0.11 },
  b: { reach: 0.8, brightness: 0.21 },
  c: { reach: 1.0, brightness: 0.3 },
  d: { reach: 1.14, brightness: 0.36 },
};

const FAT_BRIGHTNESS = 0.115;
const SUBCUTANEOUS_PIXELS = 26;

/** The picture in polar coordinates about a point before the nipple, where ducts are straight. */
function radially(noise: Noise, outline: Outline, along: number, across: number): Noise {
  const centre = outline.depth + 130;
  return (x, y) => {
    const dx = centre - x;
    const dy = y - outline.nippleRow;
    return noise(Math.sqrt(dx * dx + dy * dy) / along, Math.atan2(dy, dx) * across);
  };
}

/** Share of glandular tissue: a soft disc behind the nipple, its border warped by noise. */
function glandularDisc(outline: Outline, reach: number, random: Random): Noise {
  const warp = fractal(gradientNoise(random), 4);
  const lift = between(random, -0.12, 0.02) * outline.halfHeight;
  return (x, y) => {
    const a = (x / outline.depth - 0.52) / (0.46 * reach);
    const b = (y - outline.nippleRow - lift) / (0.6 * reach * outline.halfHeight);
    return smoothStep(-0.28, 0.5, 1 - Math.sqrt(a * a + b * b) + 0.42 * warp(x / 130, y / 130));
  };
}

/** 1 at the nipple, falling off around it. */
function nearNipple(outline: Outline, x: number, y: number): number {
  const dx = x - outline.depth;
  const dy = y - outline.nippleRow;
  return Math.exp(-(dx * dx + dy * dy) / (2 * 16 * 16));
}

/** Ligaments, ducts and vessels. */
function strandLayer(outline: Outline, random: Random): Plane {
  const layer = blankPlane(WIDTH_PIXELS, HEIGHT_PIXELS);
  for (let i = 0; i < 150; i++) {
    const y = outline.nippleRow + between(random, -0.95, 0.95) * outline.halfHeight;
    const x = between(random, 0, 0.95) * outline.edge(y);
    const toNipple = Math.atan2(outline.nippleRow - y, outline.depth + 130 - x);
    drawStroke(layer, {
      x,
      y,
      angle: toNipple + between(random, -0.6, 0.6),
      bend: between(random, -0.012, 0.012),
      length: between(random, 25, 130),
      width: between(random, 0.7, 1.5),
      contrast: between(random, 0.015, 0.06),
      taper: 0.3,
    });
  }
  for (let i = 0; i < 9; i++) {
    drawStroke(layer, {
      x: outline.depth - 4,
      y: outline.nippleRow + between(random, -9, 9),
      angle: Math.PI + between(random, -0.75, 0.75),
      bend: between(random, -0.003, 0.003),
      length: between(random, 70, 170),
      width: between(random, 1.3, 2.4),
      contrast: between(random, 0.05, 0.1),
      taper: 0.2,
    });
  }
  return layer;
}

/**
 * Paints fat, glandular tissue, strands and skin.
 *
 * @param outline where the breast lies
 * @param skinDepth distance below the skin of every pixel, in pixels
 * @param density density category
 * @param seed seed of the whole set
 * @param name name of the image, which its texture is drawn from
 * @returns brightness, about 0 to 0.7; 0 in the air
 */
export function paintTissue(
  outline: Outline,
  skinDepth: Float32Array,
  density: Density,
  seed: number,
  name: string,
): Plane {
  const gland = GLAND[density];
  const disc = glandularDisc(outline, gland.reach, randomStream(seed, `${name}/disc`));
  const coarse = gradientNoise(randomStream(seed, `${name}/coarse`));
  const fine = gradientNoise(randomStream(seed, `${name}/fine`));
  const clouds = radially(fractal(coarse, 4), outline, 110, 5.5);
  const net = radially(ridged(fine, 4), outline, 62, 6);
  const lobules = ridged(gradientNoise(randomStream(seed, `${name}/lobules`)), 4);
  const thickness = fractal(gradientNoise(randomStream(seed, `${name}/skin`)), 2);
  const septa = radially(ridged(coarse, 3), outline, 120, 8);
  const picture = strandLayer(outline, randomStream(seed, `${name}/strands`));
  for (let at = 0; at < picture.values.length; at++) {
    const depth = skinDepth[at]!;
    if (depth === 0) {
      picture.values[at] = 0;
      continue;
    }
    const x = at % WIDTH_PIXELS;
    const y = (at - x) / WIDTH_PIXELS;
    const inside = smoothStep(SUBCUTANEOUS_PIXELS * 0.5, SUBCUTANEOUS_PIXELS * 2, depth);
    const share = disc(x, y) * inside;
    const glandular = share * gland.brightness *
      Math.max(0.06, 0.2 + 0.6 * clouds(x, y) + 0.45 * net(x, y) + 0.65 * lobules(x / 62, y / 62));
    const fat = FAT_BRIGHTNESS + 0.055 * septa(x, y) * inside;
    const skin = (0.07 + 0.04 * thickness(x / 200, y / 200)) * (1 - smoothStep(2, 9, depth));
    const nipple = 0.1 * nearNipple(outline, x, y);
    const rounding = Math.sqrt(smoothStep(0, 46, depth) * 0.85 + 0.15);
    picture.values[at] = (picture.values[at]! * inside + glandular + fat) * rounding + skin +
      nipple;
  }
  return picture;
}
