import fc from "fast-check";
import assert from "node:assert/strict";
import type { Point } from "./curve_chart.ts";
import { CURVE_POINTS_MAX, thinPoints } from "./thin_points.ts";

/** Distance of a point from a polyline. */
function distance([x, y]: Point, line: readonly Point[]): number {
  let nearest = Infinity;
  for (let index = 1; index < line.length; index++) {
    const [[ax, ay], [bx, by]] = [line[index - 1]!, line[index]!];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
    const at = Math.min(1, Math.max(0, along));
    nearest = Math.min(nearest, Math.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay)));
  }
  return nearest;
}

/** A monotone stair from (0, 0) to (1, 1), as ROC curves are. */
function stair(steps: readonly boolean[]): Point[] {
  const ups = steps.filter((up) => up).length;
  const points: Point[] = [[0, 0]];
  let [x, y] = [0, 0];
  for (const up of steps) {
    if (up) y++;
    else x++;
    points.push([x / Math.max(1, steps.length - ups), y / Math.max(1, ups)]);
  }
  return points;
}

function isSubsequence(part: readonly Point[], whole: readonly Point[]): boolean {
  let at = 0;
  for (const point of whole) if (point === part[at]) at++;
  return at === part.length;
}

Deno.test("with room for all corners the curve stays as it is", () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (steps) => {
    const points = stair(steps);
    const thinned = thinPoints(points);
    assert.ok(isSubsequence(thinned, points), "points are moved or out of order");
    assert.deepEqual([thinned[0], thinned.at(-1)], [points[0], points.at(-1)]);
    if (thinned.length < 2) return;
    for (const point of points) assert.ok(distance(point, thinned) < 1e-6);
  }));
});

Deno.test("a curve of 100,000 steps comes down to less than a pixel off", () => {
  let state = 1;
  const random = (): number => (state = state * 48271 % 2147483647) / 2147483647;
  const points = stair(Array.from({ length: 100_000 }, (_, at) => random() < 1 - at / 100_000));
  const thinned = thinPoints(points);
  assert.ok(thinned.length <= CURVE_POINTS_MAX && thinned.length > 100, `${thinned.length}`);
  for (let at = 0; at < points.length; at += 997) {
    assert.ok(distance(points[at]!, thinned) * 550 < 1);
  }
});

Deno.test("few points, a single one and none", () => {
  assert.deepEqual(thinPoints([]), []);
  assert.deepEqual(thinPoints([[0.5, 0.5]]), [[0.5, 0.5]]);
  assert.deepEqual(thinPoints([[0, 0], [0.25, 0.25], [1, 1]]), [[0, 0], [1, 1]]);
});

Deno.test("what cannot be thinned is refused", () => {
  assert.throws(() => thinPoints([[0, 0], [1, 1]], 1), RangeError);
  assert.throws(() => thinPoints([[0, 0], [NaN, 1]]), /not finite/);
});
