/** Draws the next number of a stream, in [0, 1). */
export type Random = () => number;

/** FNV-1a over the UTF-16 units of a text: 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Opens a stream of pseudo-random numbers (sfc32, Chris Doty-Humphrey's small fast counting
 * generator). Streams with different names are independent, so that a change to one part of a
 * picture leaves the others as they were.
 *
 * @param seed any 32-bit integer
 * @param name what the stream is for
 * @returns the stream
 */
export function randomStream(seed: number, name: string): Random {
  let a = seed | 0;
  let b = hashText(name) | 0;
  let c = hashText(`${name}/${seed}`) | 0;
  let counter = 1;
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }
  for (let i = 0; i < 20; i++) next(); // until the three words have mixed
  return next;
}

/**
 * Draws from a range.
 *
 * @param random the stream to draw from
 * @param low lower bound
 * @param high upper bound
 * @returns a number spread evenly over [low, high)
 */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/**
 * Draws from a bell curve.
 *
 * @param random the stream to draw from
 * @returns a number that is nearly standard normal (sum of four uniforms, scaled): additions only,
 *   so that every machine draws the same
 */
export function nearlyNormal(random: Random): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}
