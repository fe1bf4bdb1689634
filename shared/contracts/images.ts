import { z } from "@hono/zod-openapi";
import { IMAGE_PIXELS_MAX } from "../limits.ts";

export const IMAGE_FORMATS = ["webp", "png", "raw16"] as const;

export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Longest side of a WebP image in pixels: the format stores it in 14 bits. */
export const WEBP_SIDE_MAX = 16_383;

export const imageQuery = z.object({
  width: z.coerce.number<number>().int().min(1).max(IMAGE_PIXELS_MAX).optional().openapi({
    description:
      "Pixels across; the height follows. An image is never enlarged: without it, and where it is more " +
      "than the region has, each pixel of the region is one of the picture",
    example: 1200,
  }),
  region: z.string().regex(/^\d{1,9},\d{1,9},\d{1,9},\d{1,9}$/, "must be x,y,w,h in whole pixels")
    .optional().openapi({
      description:
        "`x,y,w,h` in pixels of the registered image, from its top left corner; all of it without",
      example: "0,0,1024,1024",
    }),
  window: z.coerce.number<number>().min(1).max(65_536).optional().openapi({
    description:
      "Stored values from black to white; the image's whole range without. Goes with level",
    example: 3000,
  }),
  level: z.coerce.number<number>().min(0).max(65_535).optional().openapi({
    description: "Stored value in the middle of the window",
    example: 2000,
  }),
  format: z.enum(IMAGE_FORMATS).default("webp").describe(
    "`webp` or `png`: 8 bits a pixel, as window and level show them. `raw16`: stored values, 16 bits a pixel, " +
      "the low byte first, row by row",
  ),
});

/** Headers of a rendered image, besides those of every file. */
export const IMAGE_HEADERS = {
  "X-Image-Width": "Pixels across in this answer",
  "X-Image-Height": "Pixels down in this answer",
  "X-Image-Window": "Window that shows the image's whole range of stored values",
  "X-Image-Level": "Level that goes with it",
} as const;
