import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { type ImageFormat, WEBP_SIDE_MAX } from "../../shared/contracts/images.ts";
import { type PngHeader, readPngHeader } from "../../shared/format/mod.ts";
import { Problem } from "../../shared/http/mod.ts";
import { IMAGE_RENDERED_BYTES_KEPT_MAX } from "../../shared/limits.ts";
import { RenderFailed } from "./image_renderer/image_renderer.ts";
import type { ImageFile, ImageRenderer } from "./image_renderer/image_renderer.ts";
import type { Grey, Region, Rendered, View } from "./image_renderer/render.ts";
import type { ImageSource } from "./image_source.ts";
import { judgeImage } from "./judge_image.ts";

export interface Wanted {
  readonly width?: number | undefined;
  /** `x,y,w,h` as whole numbers. */
  readonly region?: string | undefined;
  readonly window?: number | undefined;
  readonly level?: number | undefined;
  readonly format: ImageFormat;
}

/** A picture to render, with its ETag. */
export interface Picture {
  readonly file: ImageFile;
  readonly view: View;
  /** Changes with the file and the view. */
  readonly etag: string;
}

/** A registered image as it is now. */
export interface SeenImage {
  readonly file: ImageFile;
  readonly header: PngHeader;
}

/** Reads the header of a registered image; null when the file cannot be shown. */
export async function seeImage(
  images: ImageSource,
  folder: string,
  name: string,
): Promise<SeenImage | null> {
  const result = await images.glance(folder, name, "ends");
  const isUsable = judgeImage(result).complaints.every(({ severity }) => severity === "warning");
  if (!result.ok || !isUsable) return null;
  const { bytes, modified, head, tail } = result.glance;
  const hash = createHash("sha256").update(JSON.stringify([folder, name, bytes, modified]));
  const version = hash.update(head).update(tail).digest("hex").slice(0, 32);
  const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const result = await images.glance(folder, name, "whole");
    if (result.ok && result.glance.whole !== null) return new Uint8Array(result.glance.whole);
    throw new RenderFailed("it cannot be read");
  };
  return { file: { version, read }, header: readPngHeader(head) };
}

/**
 * Resolves a request to a picture.
 * @throws {Problem} `invalid_request`, naming the parameter
 */
export function settlePicture({ file, header }: SeenImage, wanted: Wanted): Picture {
  const region = regionOf(wanted.region, header);
  const width = Math.min(wanted.width ?? region.width, region.width);
  const height = Math.max(1, Math.round(region.height * width / region.width));
  if (wanted.format === "webp" && Math.max(width, height) > WEBP_SIDE_MAX) {
    throw invalid(
      `width: the picture would be ${width} x ${height} pixels, and WebP has at most ${WEBP_SIDE_MAX} a ` +
        "side: ask for less, or for png",
    );
  }
  const view = { region, width, height, format: wanted.format, grey: greyOf(wanted) };
  const key = JSON.stringify([file.version, view]);
  return { file, view, etag: createHash("sha256").update(key).digest("hex").slice(0, 32) };
}

function regionOf(text: string | undefined, { width, height }: PngHeader): Region {
  if (text === undefined) return { x: 0, y: 0, width, height };
  const [x, y, w, h] = text.split(",").map(Number) as [number, number, number, number];
  if (w < 1 || h < 1) throw invalid("region: width and height must be at least 1");
  if (x + w > width || y + h > height) {
    throw invalid(`region: ${text} is not within the image, which has ${width} x ${height} pixels`);
  }
  return { x, y, width: w, height: h };
}

function greyOf({ window, level, format }: Wanted): Grey | null {
  if (format === "raw16" && (window ?? level) !== undefined) {
    throw invalid("window: raw16 has the stored values: leave window and level out");
  }
  if (window === undefined && level === undefined) return null;
  if (level === undefined) throw invalid("level: give it too, since there is a window");
  if (window === undefined) throw invalid("window: give it too, since there is a level");
  return { window, level };
}

function invalid(detail: string): Problem {
  return new Problem("invalid_request", detail);
}

export type ShowPicture = (picture: Picture) => Promise<Rendered>;

export function createPictureCache(renderer: ImageRenderer): ShowPicture {
  const underWay = new Map<string, Promise<Rendered>>();
  const kept = new LRUCache<string, Rendered>({
    maxSize: IMAGE_RENDERED_BYTES_KEPT_MAX,
    sizeCalculation: ({ bytes }) => bytes.length,
  });
  return async ({ etag, file, view }): Promise<Rendered> => {
    const known = kept.get(etag) ?? underWay.get(etag);
    if (known !== undefined) return await known;
    const made = renderer.render(file, view);
    underWay.set(etag, made);
    try {
      const rendered = await made;
      kept.set(etag, rendered);
      return rendered;
    } finally {
      underWay.delete(etag);
    }
  };
}
