import type { ResolvedCurve } from "./curve_chart.ts";

/**
 * Turns the whiskers of a curve into strokes: one along the interval and a cap across each end.
 *
 * @param curve a curve with or without whiskers
 * @param scales from axis units to pixels
 * @param cap half the length of a cap in pixels
 * @returns strokes in pixels, from the first point to the second
 */
export function whiskerLines(
  { points, whiskers }: ResolvedCurve,
  scales: { readonly x: (value: number) => number; readonly y: (value: number) => number },
  cap: number,
): (readonly [x1: number, y1: number, x2: number, y2: number])[] {
  if (whiskers === undefined) return [];
  return whiskers.spans.flatMap((span, index) => {
    if (span === null) return [];
    const point = points[index]!;
    if (whiskers.along === "x") {
      const [low, high, y] = [scales.x(span[0]), scales.x(span[1]), scales.y(point[1])];
      return [
        [low, y, high, y],
        [low, y - cap, low, y + cap],
        [high, y - cap, high, y + cap],
      ] as const;
    }
    const [low, high, x] = [scales.y(span[0]), scales.y(span[1]), scales.x(point[0])];
    return [
      [x, low, x, high],
      [x - cap, low, x + cap, low],
      [x - cap, high, x + cap, high],
    ] as const;
  });
}
