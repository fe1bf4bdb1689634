import { createHash } from "node:crypto";
import type { ImageCheck } from "../../shared/contracts/datasets.ts";
import { type Exam, type Fault, type View, VIEWS } from "../../shared/domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import type { GlanceResult, ImageSource } from "./image_source.ts";
import { type Complaint, judgeImage } from "./judge_image.ts";
import type { LinesPage } from "./lines_page.ts";

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
  /** Where the next ones stand, or null when all were looked at. */
  readonly next: number | null;
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
  /** How closely each image is looked at. */
  readonly check: ImageCheck;
  /** Where an earlier run stopped. */
  readonly from?: ImagesCheck | null;
  /** Told after each block; the next block begins when it is done. */
  readonly onBlock: (check: ImagesCheck) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Images in one link of the digest's chain: part of what a digest means. */
const DIGEST_BLOCK_IMAGES = 256;
/** Files looked at together: enough to keep a disk busy, few open files. */
const AT_ONCE: Readonly<Record<ImageCheck, number>> = {
  header: 32,
  pixels: 2, // one is read while another is decoded: a file and its pixels take 30 MB
};

const NOTHING_CHECKED: ImagesCheck = {
  images: 0,
  next: 0,
  errors: { listed: [], total: 0 },
  warnings: { listed: [], total: 0 },
  digest: "",
};

/** Gives some of the images: from `start` on, which is 0 or what the page before called `next`. */
export type PlacePages = (start: number, limit: number) => Promise<LinesPage<ImagePlace> | null>;

/** One image, looked at. */
interface Look {
  /** What stands for the image in the digest: the same however closely it was looked at. */
  readonly print: string;
  readonly faults: readonly (readonly [Complaint["severity"], Fault])[];
}

/**
 * Looks at every image: is it there, a whole 16-bit greyscale PNG of a size that can be a mammogram?
 * With `header` both ends of each file are read, and pixels are decoded only of files that are
 * suspiciously small; with `pixels` every byte is read, once, and decoded.
 *
 * @param pages the images, each once
 * @param folder absolute path of the images
 * @param source reads the files
 * @param options where to begin, whom to tell
 * @returns every fault, not just the first
 */
export async function checkImages(
  pages: PlacePages,
  folder: string,
  source: ImageSource,
  options: CheckImagesOptions,
): Promise<ImagesCheck> {
  let check = options.from ?? NOTHING_CHECKED;
  while (check.next !== null) {
    options.signal.throwIfAborted();
    const block = await pages(check.next, DIGEST_BLOCK_IMAGES);
    if (block === null) throw new RangeError(`Cannot check images: none stand at ${check.next}`);
    check = extended(
      check,
      await lookAtAll(block.items, folder, source, options.check),
      block.next,
    );
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

async function lookAtAll(
  block: readonly ImagePlace[],
  folder: string,
  source: ImageSource,
  check: ImageCheck,
): Promise<Look[]> {
  const looks: Look[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < block.length) {
      const index = next++;
      looks[index] = await lookAt(block[index]!, folder, source, check);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE[check] }, work));
  return looks;
}

async function lookAt(
  place: ImagePlace,
  folder: string,
  source: ImageSource,
  check: ImageCheck,
): Promise<Look> {
  const { image } = place;
  const result = await source.glance(folder, image, check === "pixels" ? "whole" : "ends");
  let { complaints, wantsPixels } = judgeImage(result);
  if (wantsPixels) ({ complaints } = judgeImage(await source.glance(folder, image, "whole")));
  return {
    print: fingerprint(image, result),
    faults: complaints.map((complaint) => [complaint.severity, faultOf(place, complaint)]),
  };
}

function faultOf(place: ImagePlace, { code, text }: Complaint): Fault {
  const message = `${place.image}.png (exam ${place.exam}, ${place.view}) ${text}`;
  return { ...place, code, message };
}

function extended(check: ImagesCheck, looks: readonly Look[], next: number | null): ImagesCheck {
  const link = createHash("sha256").update(check.digest);
  for (const { print } of looks) link.update(`\n${print}`);
  const faults = looks.flatMap((look) => look.faults);
  const of = (wanted: Complaint["severity"]): Fault[] =>
    faults.filter(([severity]) => severity === wanted).map(([, fault]) => fault);
  return {
    images: check.images + looks.length,
    next,
    errors: added(check.errors, of("error")),
    warnings: added(check.warnings, of("warning")),
    digest: link.digest("hex"),
  };
}

function added({ listed, total }: CountedFaults, faults: readonly Fault[]): CountedFaults {
  return {
    listed: [...listed, ...faults].slice(0, FAULTS_LISTED_MAX),
    total: total + faults.length,
  };
}

function fingerprint(name: string, result: GlanceResult): string {
  if (!result.ok) return `${name} ${result.reason}`;
  const { head, tail, bytes } = result.glance;
  return `${name} ${bytes} ${createHash("sha256").update(head).update(tail).digest("hex")}`;
}
