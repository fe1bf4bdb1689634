import fc from "fast-check";
import assert from "node:assert/strict";
import { type ChartLayout, layoutChart, type PlacedText, scalesOf } from "./chart_layout.ts";
import { type CurveChart, resolveChart } from "./curve_chart.ts";
import { rocChart } from "./roc_chart.ts";
import { HARD_CHARTS } from "../../../tests/support/scoring/charts.ts";
import { estimateWidth } from "./text_fit.ts";

interface Extent {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Extent of a text by the upper estimate; digits are about 0.75 of the font size high. */
function extentOf({ text, x, y, size, bold, anchor, upwards }: PlacedText): Extent {
  const length = estimateWidth(text, size) * (bold ? 1.1 : 1);
  const before = anchor === "start" ? 0 : anchor === "end" ? length : length / 2;
  return upwards
    ? { left: x - size * 0.75, right: x, top: y + before - length, bottom: y + before }
    : { left: x - before, right: x - before + length, top: y - size * 0.75, bottom: y };
}

function overlap(a: Extent, b: Extent): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function faultsOf({ width, height, texts, keys, plot }: ChartLayout): string[] {
  const extents = texts.map(extentOf);
  const outside = texts.filter((_, at) => {
    const { left, right, top, bottom } = extents[at]!;
    // Labels at the ends of an axis extend beyond it; half a pixel is tolerated.
    return left < -0.5 || right > width + 0.5 || top < -0.5 || bottom > height + 0.5;
  });
  const overlaps = texts.flatMap(({ text }, at) =>
    texts.slice(at + 1).filter((_, after) => overlap(extents[at]!, extents[at + 1 + after]!))
      .map((other) => `"${text}" over "${other.text}"`)
  );
  const covered = texts.filter((_, at) =>
    overlap(extents[at]!, {
      left: plot.left + 1,
      right: plot.left + plot.width - 1,
      top: plot.top + 8,
      bottom: plot.top + plot.height - 8,
    })
  );
  const keysOut = keys.filter(({ right, y }) => right > width || y > height);
  return [
    ...outside.map(({ text }) => `"${text}" leaves the picture`),
    ...overlaps,
    ...covered.map(({ text }) => `"${text}" stands in the plot`),
    ...keysOut.map(({ curve }) => `key ${curve} leaves the picture`),
  ];
}

function layoutOf(chart: CurveChart): ChartLayout {
  return layoutChart(resolveChart(chart));
}

for (const [name, chart] of Object.entries(HARD_CHARTS)) {
  Deno.test(`every text has its place: ${name}`, () => {
    const layout = layoutOf(chart);
    assert.deepEqual(faultsOf(layout), []);
    assert.ok(layout.plot.width > 80 && layout.plot.height > 20, "the plot can be read");
    assert.ok(layout.texts.every(({ size }) => size >= 12));
  });
}

Deno.test("whatever names and numbers there are, texts stay in the picture and apart", () => {
  const name = fc.string({ unit: "grapheme", maxLength: 200 });
  fc.assert(
    fc.property(name, name, fc.constantFrom(420, 640, 900), (title, subtitle, width) => {
      const auroc = { value: null, ci: null, confidence: 0.95, undefined: subtitle };
      const chart = { ...rocChart({ title, subtitle, points: [], auroc }), width };
      assert.deepEqual(faultsOf(layoutOf(chart)), []);
    }),
  );
});

Deno.test("a chart without heading begins with its plot", () => {
  const bare = layoutOf({ ...HARD_CHARTS["narrow"]!, title: "", subtitle: "" });
  const headed = layoutOf({ ...HARD_CHARTS["narrow"]!, title: "Title", subtitle: "" });
  assert.ok(bare.plot.top < headed.plot.top);
  assert.equal(bare.width, 420);
});

Deno.test("points become pixels, y downwards", () => {
  const chart = resolveChart(HARD_CHARTS["narrow"]!);
  const { plot } = layoutChart(chart);
  const { x, y } = scalesOf(chart, plot);
  assert.deepEqual([x(0), x(1)], [plot.left, plot.left + plot.width]);
  assert.deepEqual([y(0), y(1)], [plot.top + plot.height, plot.top]);
});

Deno.test("inconsistent charts are refused by name", () => {
  const chart = HARD_CHARTS["narrow"]!;
  const withCurve = (curve: object): () => unknown => () =>
    resolveChart({ ...chart, curves: [{ label: "bad", points: [[0, 0]], ...curve }] });
  assert.throws(withCurve({ points: [[0, 2]] }), /"bad": point \(0, 2\) is outside/);
  assert.throws(withCurve({ points: [[NaN, 0]] }), RangeError);
  assert.throws(withCurve({ stepped: true, marker: "circle" }), /neither markers nor whiskers/);
  assert.throws(withCurve({ whiskers: { along: "x", spans: [] } }), /1 points have 0 whiskers/);
  assert.throws(withCurve({ whiskers: { along: "x", spans: [[1, 0]] } }), /reversed/);
  assert.throws(() => resolveChart({ ...chart, x: { min: 1, max: 1, ticks: [] } }), /x axis/);
});
