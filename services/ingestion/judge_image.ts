import { readPngHeader, readPngPixels } from "../../shared/format/mod.ts";
import type { PngHeader, PngPixels } from "../../shared/format/mod.ts";
import {
  IMAGE_FILE_BYTES_MAX,
  IMAGE_PIXELS_MAX,
  IMAGE_RATIO_SUSPICIOUS,
  IMAGE_SIDE_PIXELS_MIN,
} from "../../shared/limits.ts";
import type { GlanceResult, ImageGlance } from "./image_source.ts";
import { type Complaint, judgeGreys } from "./dicom/judge_greys.ts";

export interface Judgement {
  readonly complaints: readonly Complaint[];
  /** Whether the file is too small for its header, so that only the pixels can tell why. */
  readonly wantsPixels: boolean;
}

/** Judges an image by its two ends or by the whole file. */
export function judgeImage(result: GlanceResult): Judgement {
  if (!result.ok) {
    const [code, text] = ABSENCE[result.reason];
    return refused(code, text);
  }
  const { glance } = result;
  if (glance.bytes === 0) return refused("image_empty", "is empty: export it again");
  let header: PngHeader;
  try {
    header = readPngHeader(glance.head);
  } catch (error) {
    return refused("image_not_png", `is not a readable PNG: ${reasonOf(error)}`);
  }
  const unfit = unfitness(header, glance);
  if (unfit !== null) return refused(unfit[0], unfit[1]);
  const warnings = header.interlaced ? [INTERLACED] : [];
  const end = indexOf(glance.tail, IEND);
  if (glance.whole !== null) return judgePixels(glance.whole, end >= 0, warnings);
  if (end < 0) return TRUNCATED;
  const after = glance.tail.length - end - IEND.length;
  return {
    complaints: after === 0 ? warnings : [...warnings, trailing(after)],
    wantsPixels: 2 * header.width * header.height > glance.bytes * IMAGE_RATIO_SUSPICIOUS,
  };
}

const TRUNCATED = refused("image_truncated", "is incomplete: its end is missing; copy it again");

const ABSENCE = {
  missing: [
    "image_missing",
    "is not in the images folder: add the file or remove the name from the data list",
  ],
  dangling: [
    "image_missing",
    "is a link to a file that is not there: add that file, or replace the link with the image",
  ],
  outside: [
    "image_outside",
    "is a link that leaves the images folder or has an absolute target: containers cannot follow " +
    "it; replace it with the file",
  ],
  unreadable: ["image_unreadable", "cannot be read: check its permissions"],
  not_a_file: ["image_unreadable", "is not a regular file"],
} as const satisfies Record<string, readonly [string, string]>;

const INTERLACED: Complaint = {
  severity: "warning",
  code: "image_interlaced",
  text: "is interlaced, which some models cannot read: save it without interlacing",
};

/** Last twelve bytes of every PNG (PNG specification, third edition, 11.2.5): an empty IEND chunk. */
const IEND = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

function unfitness(
  { width, height, bitDepth, colourType }: PngHeader,
  { bytes }: ImageGlance,
): readonly [code: string, text: string] | null {
  if (colourType !== "grey") {
    return [
      "image_not_grey",
      "is not greyscale: save it with one channel, 16 bits, without alpha or palette",
    ];
  }
  if (bitDepth !== 16) {
    return [
      "image_not_16_bit",
      `has ${bitDepth} bits per pixel: models expect 16; convert it from the original`,
    ];
  }
  if (Math.min(width, height) < IMAGE_SIDE_PIXELS_MIN || width * height > IMAGE_PIXELS_MAX) {
    return ["image_size", `is ${width} x ${height} pixels, too small for a complete mammogram`];
  }
  return bytes > IMAGE_FILE_BYTES_MAX
    ? ["image_size", `has ${bytes} bytes, too large for a mammogram: save it again`]
    : null;
}

function judgePixels(
  whole: Uint8Array,
  hasEnd: boolean,
  warnings: readonly Complaint[],
): Judgement {
  let pixels: PngPixels;
  try {
    pixels = readPngPixels(whole);
  } catch (error) {
    if (!hasEnd) return TRUNCATED;
    return refused("image_damaged", `is damaged: ${reasonOf(error)}; copy or export it again`);
  }
  const { trailingBytes } = pixels;
  return {
    complaints: [
      ...warnings,
      ...(trailingBytes > 0 ? [trailing(trailingBytes)] : []),
      ...judgeGreys(pixels),
    ],
    wantsPixels: false,
  };
}

function trailing(bytes: number): Complaint {
  return {
    severity: "warning",
    code: "image_trailing_bytes",
    text: `has ${bytes} bytes after the end of the image: they are ignored`,
  };
}

function refused(code: string, text: string): Judgement {
  return { complaints: [{ severity: "error", code, text }], wantsPixels: false };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Cannot read the PNG: /, "") : `${error}`;
}

function indexOf(bytes: Uint8Array, part: readonly number[]): number {
  for (let at = bytes.indexOf(part[0]!); at >= 0; at = bytes.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
