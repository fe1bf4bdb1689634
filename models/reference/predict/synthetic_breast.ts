import type { PixelMap } from "./map.ts";

/** What tests plant into a synthetic breast. */
export interface Planted {
  /** Soft round bodies: column, row, radius, grey values above the tissue. */
  readonly bodies?: readonly (readonly [number, number, number, number])[];
  /** Bright straight strands: first column, row, length, grey values above the tissue. */
  readonly strands?: readonly (readonly [number, number, number, number])[];
  /** A triangle of muscle: columns at the top, rows at the chest wall, grey values. */
  readonly muscle?: readonly [number, number, number];
  /** All grey values are multiplied by this. */
  readonly exposure?: number;
}

const WIDTH = 400;
const HEIGHT = 512;

/** Lumpy tissue without any randomness. */
function tissue(x: number, y: number): number {
  return 12_000 + 1500 * Math.sin(x / 17) * Math.cos(y / 23) + 900 * Math.sin((x + 2 * y) / 9) +
    60 * Math.sin(x * 12.9898 + y * 78.233);
}

function brightness(x: number, y: number, planted: Planted): number {
  let value = tissue(x, y);
  for (const [column, row, radius, gain] of planted.bodies ?? []) {
    const distance = Math.hypot(x - column, y - row) / radius;
    value += gain * Math.exp(-distance * distance);
  }
  for (const [column, row, length, gain] of planted.strands ?? []) {
    if (x >= column && x < column + length) value += gain * Math.exp(-((y - row) ** 2) / 4);
  }
  if (planted.muscle) {
    const [top, foot, gain] = planted.muscle;
    if (x / top + y / foot < 1) value += gain;
  }
  return value;
}

/**
 * Draws a half ellipse of tissue with the chest wall on the left, for tests.
 *
 * @param planted what is added to it
 * @returns grey values, 400 x 512
 */
export function syntheticBreast(planted: Planted = {}): PixelMap {
  const values = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const inside = (x / 250) ** 2 + ((y - 256) / 250) ** 2 < 1 ||
        (planted.muscle !== undefined && y < 256 && x < 250);
      if (inside) values[y * WIDTH + x] = brightness(x, y, planted) * (planted.exposure ?? 1);
    }
  }
  return { width: WIDTH, height: HEIGHT, values };
}
