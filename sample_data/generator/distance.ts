const FAR = 1e12;

/**
 * Lower envelope of parabolas along one line (Felzenszwalb & Huttenlocher 2012, "Distance
 * transforms of sampled functions"), in place.
 */
function transformLine(line: Float64Array, vertex: Int32Array, bound: Float64Array): Float64Array {
  const length = line.length;
  const result = new Float64Array(length);
  let last = 0;
  vertex[0] = 0;
  bound[0] = -Infinity;
  bound[1] = Infinity;
  for (let q = 1; q < length; q++) {
    let meet = 0;
    for (;; last--) {
      const v = vertex[last]!;
      meet = (line[q]! + q * q - line[v]! - v * v) / (2 * (q - v));
      if (meet > bound[last]!) break;
    }
    last++;
    vertex[last] = q;
    bound[last] = meet;
    bound[last + 1] = Infinity;
  }
  for (let q = 0, k = 0; q < length; q++) {
    while (bound[k + 1]! < q) k++;
    const v = vertex[k]!;
    result[q] = (q - v) * (q - v) + line[v]!;
  }
  return result;
}

/**
 * Measures how far every pixel of the breast lies below the skin.
 *
 * @param mask 1 inside the breast, 0 in the air, row by row
 * @param width columns
 * @returns Euclidean distance to the nearest pixel of air, in pixels; 0 in the air. The borders of
 *   the picture are not air.
 */
export function depthBelowSkin(mask: Uint8Array, width: number): Float32Array {
  const height = mask.length / width;
  const squared = Float64Array.from(mask, (inside) => inside ? FAR : 0);
  const longest = Math.max(width, height);
  const vertex = new Int32Array(longest);
  const bound = new Float64Array(longest + 1);
  for (let x = 0; x < width; x++) {
    const column = new Float64Array(height);
    for (let y = 0; y < height; y++) column[y] = squared[y * width + x]!;
    const done = transformLine(column, vertex, bound);
    for (let y = 0; y < height; y++) squared[y * width + x] = done[y]!;
  }
  for (let y = 0; y < height; y++) {
    const row = squared.subarray(y * width, (y + 1) * width);
    row.set(transformLine(row, vertex, bound));
  }
  return Float32Array.from(squared, Math.sqrt);
}
