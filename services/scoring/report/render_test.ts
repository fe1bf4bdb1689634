import assert from "node:assert/strict";
import sharp from "sharp";
import { layoutChart } from "./chart_layout.ts";
import { resolveChart } from "./curve_chart.ts";
import { renderPng } from "./render_png.ts";
import { renderSvg } from "./render_svg.ts";
import { HARD_CHARTS } from "../../../tests/support/scoring/charts.ts";
import { unbalanced } from "../../../tests/support/scoring/markup.ts";

/** Share of pixels in a box that are darker than mid-grey. */
async function darkShare(png: Uint8Array, box: [number, number, number, number]): Promise<number> {
  const [left, top, width, height] = box.map(Math.round) as typeof box;
  const pixels = await sharp(png).extract({ left, top, width, height }).greyscale().raw()
    .toBuffer();
  return pixels.reduce((dark, value) => dark + (value < 128 ? 1 : 0), 0) / pixels.length;
}

for (const [name, chart] of Object.entries(HARD_CHARTS)) {
  Deno.test(`SVG, well-formed and self-contained: ${name}`, () => {
    const svg = renderSvg(chart);
    assert.deepEqual(unbalanced(svg), []);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined"|<script|href|url\(|style=| id=/);
    assert.match(svg, /^<svg [^>]*role="img"/);
    assert.match(svg, /<title>[^<]*<\/title>\n<desc>[^<]+<\/desc>/);
  });
}

Deno.test("the PNG has the size of the layout, paper and text", async () => {
  for (const name of ["narrow", "long names", "subgroups"]) {
    const chart = HARD_CHARTS[name]!;
    const layout = layoutChart(resolveChart(chart));
    const png = await renderPng(chart);
    const { width, height, channels, depth } = await sharp(png).metadata();
    assert.deepEqual([width, height], [layout.width, layout.height], name);
    assert.ok(depth === "uchar" && channels >= 3);
    assert.equal(await darkShare(png, [0, 0, layout.width, 4]), 0, "the margin is paper");
    // A canvas without a font silently omits text.
    const legend = layout.texts.at(-1)!;
    const box: [number, number, number, number] = [legend.x, legend.y - 12, 60, 14];
    assert.ok(await darkShare(png, box) > 0.03, `${name}: there is no text in the legend`);
  }
});

Deno.test("the same chart gives the same bytes, whatever is drawn at the same time", async () => {
  const charts = Object.values(HARD_CHARTS);
  const together = await Promise.all(charts.map(renderPng));
  for (const [index, chart] of charts.entries()) {
    assert.deepEqual(await renderPng(chart), together[index]);
    assert.equal(renderSvg(chart), renderSvg(chart));
  }
});

Deno.test("the PNG is the SVG in pixels: a curve covers the same ones", async () => {
  const chart = HARD_CHARTS["narrow"]!;
  const { plot } = layoutChart(resolveChart(chart));
  const left: [number, number, number, number] = [plot.left - 1, plot.top + 20, 3, 200];
  assert.ok(await darkShare(await renderPng(chart), left) > 0.5);
  const fromSvg = await sharp(new TextEncoder().encode(renderSvg(chart))).png().toBuffer();
  assert.ok(await darkShare(fromSvg, left) > 0.5);
});
