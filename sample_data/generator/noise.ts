import type { Random } from "./random.ts";

/** A smooth random function of the plane. */
export type Noise = (x: number, y: number) => number;

const TABLE_SIZE = 256;
const DIRECTIONS = 16;

function shuffledTable(random: Random): Uint8Array {
  const table = Uint8Array.from({ length: TABLE_SIZE }, (_, i) => i);
  for (let i = TABLE_SIZE - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [table[i], table[j]] = [table[j]!, table[i]!];
  }
  return table;
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

/**
 * Makes gradient noise (Perlin 1985, with the quintic fade of 2002) with features about one unit
 * wide.
 *
 * @param random where the lattice of gradients is drawn from
 * @returns the noise, about -1 to 1 with mean 0
 */
export function gradientNoise(random: Random): Noise {
  const table = shuffledTable(random);
  const cos = Float64Array.from({ length: DIRECTIONS }, (_, i) => Math.cos(i * Math.PI / 8));
  const sin = Float64Array.from({ length: DIRECTIONS }, (_, i) => Math.sin(i * Math.PI / 8));
  function slope(column: number, row: number, dx: number, dy: number): number {
    const direction = table[(table[column & 255]! + row) & 255]! % DIRECTIONS;
    return cos[direction]! * dx + sin[direction]! * dy;
  }
  return function noise(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const dx = x - column;
    const dy = y - row;
    const across = fade(dx);
    const upper = slope(column, row, dx, dy) * (1 - across) +
      slope(column + 1, row, dx - 1, dy) * across;
    const lower = slope(column, row + 1, dx, dy - 1) * (1 - across) +
      slope(column + 1, row + 1, dx - 1, dy - 1) * across;
    return (upper + (lower - upper) * fade(dy)) * 1.5;
  };
}

/**
 * Adds octaves of a noise: each twice as fine and half as strong as the one before.
 *
 * @param noise the noise to add up
 * @param octaves how many
 * @returns the sum, about -1 to 1
 */
export function fractal(noise: Noise, octaves: number): Noise {
  return (x, y) => {
    let sum = 0;
    let total = 0;
    for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2) {
      sum += noise(x * scale + octave * 17.3, y * scale - octave * 9.1) / scale;
      total += 1 / scale;
    }
    return sum / total * 1.4;
  };
}

/**
 * Turns the zero lines of a noise into bright ridges: a net of strands around dark lobules, as
 * glandular tissue shows between fat.
 *
 * @param noise the noise to fold
 * @param octaves how many octaves of ridges
 * @returns the ridges, 0 to 1
 */
export function ridged(noise: Noise, octaves: number): Noise {
  return (x, y) => {
    let sum = 0;
    let total = 0;
    for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2.1) {
      const ridge = 1 - Math.min(1, Math.abs(noise(x * scale + octave * 5.7, y * scale)) * 1.6);
      sum += ridge * ridge / Math.sqrt(scale);
      total += 1 / Math.sqrt(scale);
    }
    return sum / total;
  };
}
