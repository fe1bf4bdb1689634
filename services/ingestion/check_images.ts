import { createHash } from "node:crypto";
import { IMAGE_CHECKS, type ImageCheck } from "../../shared/contracts/datasets.ts";
import { type Exam, type Fault, type View, VIEWS } from "../../shared/domain/mod.ts";
import { readPngHeader } from "../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import type { Runner } from "../../shared/site_users.ts";
import { forEachOf } from "../../shared/async.ts";
import type { GlanceResult, ImageSource } from "./image_source.ts";
import { type AskKernel, type ContainerUser, judgeAccess } from "./judge_access.ts";
import type { Complaint } from "./dicom/judge_greys.ts";
import { judgeImage } from "./judge_image.ts";
import type { LinesPage } from "./lines_page.ts";

/** Where a data list names an image; faults refer to it. */
export interface ImagePlace {
  readonly exam: string;
  readonly view: View;
  readonly image: string;
}

/** What registration records about an image, so that a run can tell whether it has changed. */
export interface ImageNote extends ImagePlace {
  readonly bytes: number;
  /** Last modification time, in milliseconds since 1970. */
  readonly modified: number;
  /** Hex SHA-256 of the first and last {@linkcode GLANCE_BYTES} bytes. */
  readonly ends: string;
  /** In pixels; lesions that a model marks must lie inside. Absent when the file has no readable header. */
  readonly width?: number;
  readonly height?: number;
}

/** Counted faults, of which the first {@linkcode FAULTS_LISTED_MAX} are listed: a wrong folder gives 400,000. */
export interface CountedFaults {
  readonly listed: readonly Fault[];
  readonly total: number;
}

export interface ImagesCheck {
  readonly images: number;
  /** Position of the next image, or null when all were checked. */
  readonly next: number | null;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
  /** Hex SHA-256, chained over blocks of {@linkcode DIGEST_BLOCK_IMAGES} images by name, size and both ends. */
  readonly digest: string;
}

export interface CheckImagesOptions {
  readonly check: ImageCheck;
  /** 0-based positions of images whose pixels are always checked. */
  readonly sample?: ReadonlySet<number>;
  /** Users that containers may run as; the check warns when they cannot open an image. */
  readonly runners?: readonly Runner[];
  /** Asks the kernel; by default, file modes alone decide. */
  readonly askKernel?: AskKernel;
  /** Result of an interrupted check, to continue from. */
  readonly from?: ImagesCheck | null;
  /** Called with the new notes after each block; the next block waits for it. */
  readonly onBlock: (check: ImagesCheck, notes: readonly ImageNote[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Images per link of the digest chain. Changing it changes digests. */
export const DIGEST_BLOCK_IMAGES = 256;
/** Files checked concurrently: enough to keep a disk busy with few open files. */
const AT_ONCE: Readonly<Record<ImageCheck, number>> = {
  header: 32,
  pixels: 2, // one is read while another is decoded; a file and its pixels take 30 MB
};

const NOTHING_CHECKED: ImagesCheck = {
  images: 0,
  next: 0,
  errors: { listed: [], total: 0 },
  warnings: { listed: [], total: 0 },
  digest: "",
};

/** Returns a page of images. `start` is 0 or the previous page's `next`. */
export type PlacePages = (start: number, limit: number) => Promise<LinesPage<ImagePlace> | null>;

interface Look {
  /** The image's part of the digest; it does not depend on how thoroughly the image was checked. */
  readonly print: string;
  /** null when there is no file. */
  readonly note: ImageNote | null;
  readonly faults: readonly (readonly [Complaint["severity"], Fault])[];
}

/** Checks that every image is a whole, plausible 16-bit greyscale PNG. `header` reads both ends, `pixels` all. */
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

/** Lists the images of the exams, each once, where it is first named. */
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
  const { check, sample, runners = [], askKernel = () => Promise.resolve(null) } = options;
  const names = block.map(({ image }) => `${image}.png`);
  const users: ContainerUser[] = [];
  for (const user of runners) users.push({ user, closed: await askKernel(user, folder, names) });
  const looks: Look[] = [];
  const closely = (index: number): ImageCheck => sample?.has(before + index) ? "pixels" : check;
  for (const wanted of IMAGE_CHECKS) {
    const indices = [...block.keys()].filter((index) => closely(index) === wanted);
    await forEachOf(indices, AT_ONCE[wanted], async (index) => {
      looks[index] = await lookAt(block[index]!, wanted, folder, source, users);
    });
  }
  return looks;
}

async function lookAt(
  place: ImagePlace,
  check: ImageCheck,
  folder: string,
  source: ImageSource,
  users: readonly ContainerUser[],
): Promise<Look> {
  const { image } = place;
  const result = await source.glance(folder, image, check === "pixels" ? "whole" : "ends");
  let { complaints, wantsPixels } = judgeImage(result);
  if (wantsPixels) ({ complaints } = judgeImage(await source.glance(folder, image, "whole")));
  const note = noteOf(place, result);
  const closed = result.ok ? judgeAccess(`${image}.png`, result.glance, users) : null;
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

/** Returns the note that identifies an image's content, or null when the file could not be read. */
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
    return {}; // Another check reports what the file is instead.
  }
}
