import { createHash } from "node:crypto";
import { IMAGE_CHECKS, type ImageCheck } from "../../shared/contracts/datasets.ts";
import { type Exam, type Fault, type View, VIEWS } from "../../shared/domain/mod.ts";
import { readPngHeader } from "../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import type { Runner } from "../../shared/site_users.ts";
import { forEachOf } from "../../shared/async.ts";
import type { FileAccess, GlanceResult, ImageGlance, ImageSource } from "./image_source.ts";
import type { Complaint } from "./judge_greys.ts";
import { judgeImage } from "./judge_image.ts";
import type { LinesPage } from "./lines_page.ts";

/** Where an image is named: faults tell it. */
export interface ImagePlace {
  readonly exam: string;
  readonly view: View;
  readonly image: string;
}

/** What registration notes of an image: a run looks whether it is still the same. */
export interface ImageNote extends ImagePlace {
  /** Size of the file. */
  readonly bytes: number;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** SHA-256 in hex over its first and last {@linkcode GLANCE_BYTES}. */
  readonly ends: string;
  /** In pixels: what a model marks must lie inside. Missing where the file has no readable header. */
  readonly width?: number;
  readonly height?: number;
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
  /** Places, from 0, of the images whose pixels are looked at in any case. */
  readonly sample?: ReadonlySet<number>;
  /** Who containers may run as: whether they may open the images. */
  readonly runners?: readonly Runner[];
  /** Where an earlier run stopped. */
  readonly from?: ImagesCheck | null;
  /** Told after each block, with what it noted; the next block begins when it is done. */
  readonly onBlock: (check: ImagesCheck, notes: readonly ImageNote[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Images in one link of the digest's chain: part of what a digest means. */
export const DIGEST_BLOCK_IMAGES = 256;
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
  /** null where there is no file to note anything of. */
  readonly note: ImageNote | null;
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
    if (block === null) throw new RangeError(`Cannot check images: there is none at ${check.next}`);
    const looks = await lookAtAll(block.items, check.images, folder, source, options);
    check = extended(check, looks, block.next);
    await options.onBlock(check, looks.map(({ note }) => note).filter((note) => note !== null));
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
  before: number,
  folder: string,
  source: ImageSource,
  options: CheckImagesOptions,
): Promise<Look[]> {
  const { check, sample } = options;
  const looks: Look[] = [];
  const closely = (index: number): ImageCheck => sample?.has(before + index) ? "pixels" : check;
  for (const wanted of IMAGE_CHECKS) {
    const indices = [...block.keys()].filter((index) => closely(index) === wanted);
    await forEachOf(indices, AT_ONCE[wanted], async (index) => {
      looks[index] = await lookAt(block[index]!, wanted, folder, source, options.runners);
    });
  }
  return looks;
}

async function lookAt(
  place: ImagePlace,
  check: ImageCheck,
  folder: string,
  source: ImageSource,
  runners: readonly Runner[] = [],
): Promise<Look> {
  const { image } = place;
  const result = await source.glance(folder, image, check === "pixels" ? "whole" : "ends");
  let { complaints, wantsPixels } = judgeImage(result);
  if (wantsPixels) ({ complaints } = judgeImage(await source.glance(folder, image, "whole")));
  const note = noteOf(place, result);
  const closed = result.ok ? judgeAccess(result.glance, runners) : null;
  const all = closed === null ? complaints : [...complaints, closed];
  return {
    print: note === null ? image : `${image} ${note.bytes} ${note.ends}`,
    note,
    faults: all.map((complaint) => [complaint.severity, faultOf(place, complaint)]),
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

/**
 * @param place where the image is named
 * @param result what was read of it
 * @returns what tells it from another one, or null where nothing was read
 */
export function noteOf(place: ImagePlace, result: GlanceResult): ImageNote | null {
  if (!result.ok) return null;
  const { head, tail, bytes, modified } = result.glance;
  const ends = createHash("sha256").update(head).update(tail).digest("hex");
  return { ...place, bytes, modified, ends, ...pixelsOf(head) };
}

function pixelsOf(head: Uint8Array): Pick<ImageNote, "width" | "height"> {
  try {
    const { width, height } = readPngHeader(head);
    return { width, height };
  } catch {
    return {}; // Another part of the check says what it is instead.
  }
}

/** Bits of a mode, of others: may read a file, may pass through a folder. */
const [READ, PASS] = [0o4, 0o1];

/**
 * Tells whether the containers' users may open an image. They have no capabilities, so the mode decides. It
 * is a warning, since an access control list may give more than the mode shows.
 *
 * @param glance what was read of the image, by the service's own user
 * @param runners who containers may run as; none where models run as the service does
 * @returns what keeps one of them out, or null
 */
export function judgeAccess(
  { access: [file, ...folders] }: Pick<ImageGlance, "access">,
  runners: readonly Runner[],
): Complaint | null {
  for (const runner of runners) {
    if (!may(runner, file, READ)) return closed(runner, `its mode is ${modeText(file)}`, "o+r");
    const folder = folders.find((folder) => !may(runner, folder, PASS));
    if (folder !== undefined) {
      return closed(runner, `a parent folder has mode ${modeText(folder)}`, "o+x");
    }
  }
  return null;
}

function may({ uid, gid }: Runner, file: FileAccess, bit: number): boolean {
  const shift = file.uid === uid ? 6 : file.gid === gid ? 3 : 0;
  return ((file.mode >> shift) & bit) !== 0;
}

function modeText({ mode, uid, gid }: FileAccess): string {
  return `0${(mode & 0o777).toString(8)} (of ${uid}:${gid})`;
}

function closed({ uid, gid }: Runner, why: string, right: string): Complaint {
  return {
    severity: "warning",
    code: "image_closed",
    text: `cannot be opened by models, which run as ${uid}:${gid}: ${why}; chmod ${right}`,
  };
}
