import { fractal, gradientNoise } from "./noise.ts";
import { type Plane, smoothStep } from "./plane.ts";
import { between, type Random } from "./random.ts";

/**
 * Lays the pectoral muscle over the upper corner at the chest wall of an MLO picture: a bright
 * triangle with a slightly convex, soft border and fibres along it.
 *
 * @param plane the picture, changed in place
 * @param skinDepth distance below the skin; there is no muscle in the air
 * @param random where width, length and fibres are drawn from
 */
export function addPectoralMuscle(plane: Plane, skinDepth: Float32Array, random: Random): void {
  const top = plane.width * between(random, 0.21, 0.26);
  const length = plane.height * between(random, 0.5, 0.6);
  const fibres = fractal(gradientNoise(random), 4);
  const slant = top / length;
  for (let y = 0; y < length + 30; y++) {
    const down = y / length;
    const border = top * (1 - down) + 22 * Math.sin(Math.PI * Math.min(1, down));
    for (let x = 0; x < border + 20; x++) {
      const at = y * plane.width + x;
      if (skinDepth[at]! < 12) continue;
      const share = smoothStep(-20, 20, border - x);
      const fibre = fibres((x + slant * y) / 30, y / 200);
      const brightness = 0.33 + 0.07 * fibre - 0.06 * down;
      plane.values[at] = plane.values[at]! * (1 - share * 0.75) + brightness * share * 0.9;
    }
  }
}
