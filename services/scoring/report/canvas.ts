/**
 * The one place that knows the native canvas: fonts in, chart.js configurations to PNG.
 *
 * @module
 */

import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import {
  Chart,
  type ChartConfiguration,
  type ChartItem,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
} from "chart.js";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

/**
 * Family under which the regular face is registered. A name of our own, so that no font of the
 * machine can stand in for it and pictures are the same everywhere.
 */
export const CANVAS_FONT = "Mammoeval Sans";
/** Family under which the bold face is registered. */
export const CANVAS_FONT_BOLD = "Mammoeval Sans Bold";

/** Size of a picture in whole pixels. */
export interface PictureSize {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
}

// What is drawn once is not drawn again, and one picture is packed by one thread.
sharp.cache(false);
sharp.concurrency(1);
Chart.register(Filler, LinearScale, LineController, LineElement, PointElement);

/**
 * Draws a chart.js line chart without animation at one canvas pixel per unit, on whatever its
 * plugins paint, and encodes it.
 *
 * @param config chart.js configuration; its options for animation, size and pixel ratio are set here
 * @param size of the picture
 * @returns bytes of an RGB PNG of 8 bits a channel; charts are painted on paper, nothing shines through
 * @throws {Error} when the fonts cannot be registered
 */
export async function encodeChartPng(
  config: ChartConfiguration<"line">,
  { width, height }: PictureSize,
): Promise<Uint8Array> {
  registerFonts();
  const canvas = createCanvas(width, height);
  const fixed = { animation: false, responsive: false, devicePixelRatio: 1 } as const;
  // chart.js asks for a browser's canvas but uses no more of it than this one has.
  const chart = new Chart(canvas as unknown as ChartItem, {
    ...config,
    options: { ...config.options, ...fixed },
  });
  try {
    // The canvas's own encoder tries every filter on every row: three times the work for a larger file.
    const pixels = sharp(canvas.data(), { raw: { width, height, channels: 4 } });
    return await pixels.removeAlpha().png({ adaptiveFiltering: false, compressionLevel: 6 })
      .toBuffer();
  } finally {
    chart.destroy();
  }
}

function registerFonts(): void {
  registerFont("dejavu-fonts-ttf/ttf/DejaVuSans.ttf", CANVAS_FONT);
  registerFont("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf", CANVAS_FONT_BOLD);
}

/**
 * Makes a font known to the canvas, once. Without one, a canvas leaves all text out and says
 * nothing, so that a font that cannot be read must be an error.
 *
 * @param specifier of a TrueType file within an npm package
 * @param family name under which charts ask for it
 * @throws {Error} when the file is missing or no font
 */
export function registerFont(specifier: string, family: string): void {
  if (GlobalFonts.has(family)) return;
  const path = fileURLToPath(import.meta.resolve(specifier));
  if (GlobalFonts.registerFromPath(path, family) === null || !GlobalFonts.has(family)) {
    throw new Error(`Cannot draw charts: font ${specifier} cannot be read`);
  }
}
