import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { CurveChart } from "./curve_chart.ts";
import { renderSvg } from "./render_svg.ts";

/** Font family of both faces; a unique name, so that no system font replaces it. */
export const CANVAS_FONT = "Mammoeval Sans";

const FACES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] as const;

// No cache, because nothing is drawn twice; one thread per picture.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Renders the drawing of {@linkcode renderSvg} as an RGB PNG, one pixel per unit; the same chart gives the same bytes.
 * @throws {RangeError} if the chart is inconsistent
 * @throws {Error} if the fonts cannot be read
 */
export async function renderPng(chart: CurveChart): Promise<Uint8Array> {
  registerFonts();
  const drawing = await loadImage(new TextEncoder().encode(renderSvg(chart, CANVAS_FONT)));
  const { width, height } = drawing;
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").drawImage(drawing, 0, 0);
  // The canvas encoder tries every filter on every row: three times the work for a larger file. Level 3 takes two thirds
  // of the time of level 6 for files 4 % larger.
  const pixels = sharp(canvas.data(), { raw: { width, height, channels: 4 } });
  return await pixels.removeAlpha().png({ adaptiveFiltering: false, compressionLevel: 3 })
    .toBuffer();
}

/** Throws if a font cannot be read: a canvas without a font silently omits all text. */
export function registerFonts(): void {
  if (GlobalFonts.has(CANVAS_FONT)) return;
  for (const face of FACES) {
    const path = fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${face}`));
    if (GlobalFonts.registerFromPath(path, CANVAS_FONT) === null) {
      throw new Error(`Cannot draw charts: font ${face} cannot be read`);
    }
  }
}
