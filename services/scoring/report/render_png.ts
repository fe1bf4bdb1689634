import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { CurveChart } from "./curve_chart.ts";
import { renderSvg } from "./render_svg.ts";

/**
 * Family under which both faces are registered. A name of our own, so that no font of the machine
 * can stand in for it and pictures are the same everywhere.
 */
export const CANVAS_FONT = "Mammoeval Sans";

const FACES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] as const;

// What is drawn once is not drawn again, and one picture is packed by one thread.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Turns the drawing of {@linkcode renderSvg} into pixels. The same chart gives the same bytes.
 *
 * @returns an RGB PNG of 8 bits a channel, one pixel per unit of the drawing
 * @throws {RangeError} when the chart is inconsistent
 * @throws {Error} when the fonts cannot be read
 */
export async function renderPng(chart: CurveChart): Promise<Uint8Array> {
  registerFonts();
  const drawing = await loadImage(new TextEncoder().encode(renderSvg(chart, CANVAS_FONT)));
  const { width, height } = drawing;
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").drawImage(drawing, 0, 0);
  // The canvas's own encoder tries every filter on every row: three times the work for a larger file.
  const pixels = sharp(canvas.data(), { raw: { width, height, channels: 4 } });
  return await pixels.removeAlpha().png({ adaptiveFiltering: false, compressionLevel: 6 })
    .toBuffer();
}

/** Without a font a canvas leaves all text out and says nothing: one that cannot be read is an error. */
export function registerFonts(): void {
  if (GlobalFonts.has(CANVAS_FONT)) return;
  for (const face of FACES) {
    const path = fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${face}`));
    if (GlobalFonts.registerFromPath(path, CANVAS_FONT) === null) {
      throw new Error(`Cannot draw charts: font ${face} cannot be read`);
    }
  }
}
