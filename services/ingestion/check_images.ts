import { type Exam, type Fault, type View, VIEWS } from "../../shared/domain/mod.ts";
import { readPngHeader } from "../../shared/format/mod.ts";
import { IMAGE_PIXELS_MAX, IMAGE_SIDE_PIXELS_MIN } from "../../shared/limits.ts";
import type { GlanceResult, ImageGlance, ImageSource } from "./image_source.ts";

/** Where an image is named: faults tell it. */
interface ImagePlace {
  readonly exam: string;
  readonly view: View;
  readonly image: string;
}

/** What came out of looking at every image. */
export interface ImagesCheck {
  /** Number of different images. */
  readonly images: number;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** SHA-256 in hex over each image's name, size and both ends, in order of first mention. */
  readonly digest: string;
}

/** Files looked at together: enough to keep a disk and both cores busy, few open files. */
const GLANCES_AT_ONCE = 32;

/**
 * Looks at the ends of every image that the exams name: is it there, a whole 16-bit greyscale PNG
 * of a size that can be a mammogram? No pixel is decoded.
 *
 * @param exams the data list
 * @param folder absolute path of the images
 * @param source reads the files
 * @param onProgress told how many images were looked at, of how many
 * @returns every fault, not just the first
 */
export async function checkImages(
  exams: readonly Pick<Exam, "id" | "images">[],
  folder: string,
  source: ImageSource,
  onProgress: (done: number, total: number) => void,
): Promise<ImagesCheck> {
  const places = placesOf(exams);
  const errors: Fault[] = [];
  let digest = "";
  for (let start = 0; start < places.length; start += GLANCES_AT_ONCE) {
    const batch = places.slice(start, start + GLANCES_AT_ONCE);
    const results = await Promise.all(batch.map((place) => source.glance(folder, place.image)));
    const prints = [digest];
    for (const [index, place] of batch.entries()) {
      const result = results[index]!;
      const fault = faultOf(place, result);
      if (fault !== null) errors.push(fault);
      prints.push(await fingerprint(place.image, result));
    }
    digest = await sha256Hex(new TextEncoder().encode(prints.join("\n")));
    onProgress(start + batch.length, places.length);
  }
  return { images: places.length, errors, warnings: [], digest };
}

function placesOf(exams: readonly Pick<Exam, "id" | "images">[]): ImagePlace[] {
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

async function fingerprint(name: string, result: GlanceResult): Promise<string> {
  if (!result.ok) return `${name} ${result.reason}`;
  const { head, tail, bytes } = result.glance;
  const ends = new Uint8Array(head.length + tail.length);
  ends.set(head);
  ends.set(tail, head.length);
  return `${name} ${bytes} ${await sha256Hex(ends)}`;
}

/**
 * @param bytes anything
 * @returns SHA-256 in hex
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>),
  );
  return hash.toHex();
}
