import { createHash } from "node:crypto";
import { type Exam, type Fault, type View, VIEWS } from "../../shared/domain/mod.ts";
import { readPngHeader } from "../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX, IMAGE_PIXELS_MAX, IMAGE_SIDE_PIXELS_MIN } from "../../shared/limits.ts";
import type { GlanceResult, ImageGlance, ImageSource } from "./image_source.ts";

/** Where an image is named: faults tell it. */
export interface ImagePlace {
  readonly exam: string;
  readonly view: View;
  readonly image: string;
}

/** Faults, of which only the first {@linkcode FAULTS_LISTED_MAX} are kept: a wrong folder has 400,000. */
export interface CountedFaults {
  readonly listed: readonly Fault[];
  readonly total: number;
}

/** What came out of looking at the images so far. */
export interface ImagesCheck {
  /** Number of different images that were looked at. */
  readonly images: number;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
  /**
   * SHA-256 in hex, a chain over blocks of {@linkcode DIGEST_BLOCK_IMAGES} images: each link is over
   * the link before and each image's name, size and both ends, in order of first mention.
   */
  readonly digest: string;
}

/** How {@linkcode checkImages} goes about it. */
export interface CheckImagesOptions {
  /** Where an earlier run stopped. */
  readonly from?: ImagesCheck | null;
  /** Told after each block; the next block begins when it is done. */
  readonly onBlock: (check: ImagesCheck) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Images in one link of the digest's chain: part of what a digest means. */
const DIGEST_BLOCK_IMAGES = 256;
/** Files looked at together: enough to keep a disk and both cores busy, few open files. */
const GLANCES_AT_ONCE = 32;

const NOTHING_CHECKED: ImagesCheck = {
  images: 0,
  errors: { listed: [], total: 0 },
  warnings: { listed: [], total: 0 },
  digest: "",
};

/**
 * Looks at the ends of every image: is it there, a whole 16-bit greyscale PNG of a size that can be a
 * mammogram? No pixel is decoded.
 *
 * @param places the images, each once
 * @param folder absolute path of the images
 * @param source reads the files
 * @param options where to begin, whom to tell
 * @returns every fault, not just the first
 */
export async function checkImages(
  places: readonly ImagePlace[],
  folder: string,
  source: ImageSource,
  options: CheckImagesOptions,
): Promise<ImagesCheck> {
  let check = options.from ?? NOTHING_CHECKED;
  while (check.images < places.length) {
    options.signal.throwIfAborted();
    const block = places.slice(check.images, check.images + DIGEST_BLOCK_IMAGES);
    check = extended(check, block, await glanceAll(block, folder, source));
    await options.onBlock(check);
  }
  return check;
}

/**
 * Lists the images of a dataset.
 *
 * @param exams the exams
 * @returns each image once, where it is named first
 */
export function imagePlaces(exams: Iterable<Pick<Exam, "id" | "images">>): ImagePlace[] {
  const places = new Map<string, ImagePlace>();
  for (const exam of exams) {
    for (const view of VIEWS) {
      for (const image of exam.images[view]) {
        if (!places.has(image)) places.set(image, { exam: exam.id, view, image });
      }
    }
  }
  return [...places.values()];
}

async function glanceAll(
  block: readonly ImagePlace[],
  folder: string,
  source: ImageSource,
): Promise<GlanceResult[]> {
  const results: GlanceResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < block.length) {
      const index = next++;
      results[index] = await source.glance(folder, block[index]!.image);
    }
  }
  await Promise.all(Array.from({ length: GLANCES_AT_ONCE }, work));
  return results;
}

function extended(
  check: ImagesCheck,
  block: readonly ImagePlace[],
  results: readonly GlanceResult[],
): ImagesCheck {
  const errors: Fault[] = [];
  const link = createHash("sha256").update(check.digest);
  for (const [index, place] of block.entries()) {
    const result = results[index]!;
    const fault = faultOf(place, result);
    if (fault !== null) errors.push(fault);
    link.update(`\n${fingerprint(place.image, result)}`);
  }
  return {
    images: check.images + block.length,
    errors: added(check.errors, errors),
    warnings: check.warnings,
    digest: link.digest("hex"),
  };
}

function added({ listed, total }: CountedFaults, faults: readonly Fault[]): CountedFaults {
  return {
    listed: [...listed, ...faults].slice(0, FAULTS_LISTED_MAX),
    total: total + faults.length,
  };
}

function faultOf(place: ImagePlace, result: GlanceResult): Fault | null {
  const complaint = result.ok ? complaintAbout(result.glance) : ABSENCE[result.reason];
  if (complaint === null) return null;
  const [code, text] = complaint;
  return {
    ...place,
    code,
    message: `${place.image}.png (exam ${place.exam}, ${place.view}) ${text}`,
  };
}

type Complaint = readonly [code: string, text: string];

const ABSENCE = {
  missing: [
    "image_missing",
    "is not in the images folder: add the file or take the name off the data list",
  ],
  outside: [
    "image_outside",
    "is a link that leads out of the allowed folders: put the file itself there",
  ],
  unreadable: ["image_unreadable", "cannot be read: check its permissions"],
  not_a_file: ["image_unreadable", "is not a regular file"],
} as const satisfies Record<string, Complaint>;

/** Last twelve bytes of every PNG (PNG specification, third edition, 11.2.5): an empty IEND chunk. */
const IEND = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

function complaintAbout(glance: ImageGlance): Complaint | null {
  if (glance.bytes === 0) return ["image_empty", "is empty: export it again"];
  let header: ReturnType<typeof readPngHeader>;
  try {
    header = readPngHeader(glance.head);
  } catch (error) {
    return [
      "image_not_png",
      `is not a readable PNG: ${error instanceof Error ? error.message : error}`,
    ];
  }
  const { width, height, bitDepth, colourType } = header;
  if (colourType !== "grey") {
    return [
      "image_not_grey",
      "is not greyscale: save it with one channel, 16 bits, without alpha or palette",
    ];
  }
  if (bitDepth !== 16) {
    return [
      "image_not_16_bit",
      `has ${bitDepth} bits a pixel: models expect 16; convert it from the original`,
    ];
  }
  if (Math.min(width, height) < IMAGE_SIDE_PIXELS_MIN || width * height > IMAGE_PIXELS_MAX) {
    return ["image_size", `is ${width} x ${height} pixels: that cannot be a whole mammogram`];
  }
  return endsWith(glance.tail, IEND)
    ? null
    : ["image_truncated", "is cut off: its end is missing; copy it again"];
}

function endsWith(bytes: Uint8Array, ending: readonly number[]): boolean {
  const start = bytes.length - ending.length;
  return start >= 0 && ending.every((byte, index) => bytes[start + index] === byte);
}

function fingerprint(name: string, result: GlanceResult): string {
  if (!result.ok) return `${name} ${result.reason}`;
  const { head, tail, bytes } = result.glance;
  return `${name} ${bytes} ${createHash("sha256").update(head).update(tail).digest("hex")}`;
}
