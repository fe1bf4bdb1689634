import { createHash } from "node:crypto";
import { basename, dirname, join, relative } from "node:path";
import type { OUTPUTS } from "../../../shared/contracts/models.ts";
import { type Exam, VIEWS } from "../../../shared/domain/mod.ts";
import { checkGreyMap, readLesions, writeLesions } from "../../../shared/format/mod.ts";
import type { ImageSize } from "../../../shared/format/mod.ts";
import { LESIONS_BYTES_MAX } from "../../../shared/limits.ts";
import {
  type EvaluationFiles,
  isAbsence,
  isWithin,
  readPlain,
  SALIENCY_FOLDER,
  writeFileAtomic,
} from "../../../shared/volume/mod.ts";
import { removeTree } from "./remove_tree.ts";

export type Output = (typeof OUTPUTS)[number];

/** Kept outputs of a run, as in its provenance. */
export interface KeptOutputs {
  readonly lesions?: { readonly count: number; readonly sha256: string };
  readonly saliency_maps?: { readonly count: number };
  /** Why outputs were refused, at most one message for each kind. */
  readonly refused?: readonly string[];
}

export interface KeptFile {
  readonly output: Output;
  /** Path relative to its folder. */
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
}

/** Where outputs come from and go to. */
export interface OutputPlaces {
  /** Folder that the container wrote to; untrusted. */
  readonly left: string;
  readonly files: Pick<EvaluationFiles, "lesions" | "saliencyMaps">;
  /** Notes on images from registration, one JSON object per line. */
  readonly imageNotes: string;
}

const CLASSES = ["benign", "malignant"] as const;
/** Allowance for a PNG of incompressible pixels beyond the pixels themselves. */
const PNG_OVERHEAD_BYTES = 64 * 1024;

/** Keeps valid optional outputs: an unchecked file could carry anything that the container has seen. */
export async function keepOutputs(
  declared: readonly Output[],
  exams: readonly Exam[],
  places: OutputPlaces,
): Promise<KeptOutputs> {
  const images = new Set(exams.flatMap((exam) => VIEWS.flatMap((view) => exam.images[view])));
  const sizes = await notedSizes(places.imageNotes, images);
  const refused: string[] = [];
  const kept = {
    ...declared.includes("lesions") && await attempt(() => keepLesions(sizes, places), refused),
    ...declared.includes("saliency_maps") &&
      await attempt(() => keepSaliencyMaps(sizes, places), refused),
  };
  if (!("saliency_maps" in kept)) await removeTree(places.files.saliencyMaps);
  return refused.length === 0 ? kept : { ...kept, refused };
}

async function attempt(keep: () => Promise<KeptOutputs>, refused: string[]): Promise<KeptOutputs> {
  try {
    return await keep();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    refused.push(error.message);
    return {};
  }
}

/** Sizes by image; null for an image registered before sizes were recorded. */
type Sizes = ReadonlyMap<string, ImageSize | null>;

async function notedSizes(path: string, images: ReadonlySet<string>): Promise<Sizes> {
  const sizes = new Map<string, ImageSize | null>([...images].map((image) => [image, null]));
  const text = await Deno.readTextFile(path).catch(() => "");
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const { image, width, height } = JSON.parse(line);
    if (sizes.has(image) && width !== undefined) sizes.set(image, { width, height });
  }
  return sizes;
}

/** Size of an image, or null if the data list does not have it. */
function sizeOf(image: string, sizes: Sizes): ImageSize | null {
  const size = sizes.get(image);
  if (size === undefined) return null;
  if (size !== null) return size;
  throw new SyntaxError(
    `the size of image ${image} was not recorded when the dataset was registered: register it again`,
  );
}

async function keepLesions(sizes: Sizes, places: OutputPlaces): Promise<KeptOutputs> {
  const name = basename(places.files.lesions);
  const bytes = await readPlain(join(places.left, name), LESIONS_BYTES_MAX);
  if (bytes === null) return {};
  const text = new TextDecoder().decode(bytes);
  const lesions = within(name, () => readLesions(text, (image) => sizeOf(image, sizes)));
  const written = writeLesions(lesions);
  await writeFileAtomic(places.files.lesions, written);
  const sha256 = createHash("sha256").update(written).digest("hex");
  return { lesions: { count: lesions.length, sha256 } };
}

async function keepSaliencyMaps(sizes: Sizes, places: OutputPlaces): Promise<KeptOutputs> {
  const left = await Deno.realPath(places.left);
  let count = 0;
  for (const image of sizes.keys()) {
    for (const kind of CLASSES) {
      const file = `${image}_${kind}.png`;
      const path = join(places.left, SALIENCY_FOLDER, file);
      // A folder on the way may be a link to elsewhere.
      const real = await Deno.realPath(path).catch(() => null);
      if (real === null || !isWithin(left, real)) continue;
      const size = within(file, () => sizeOf(image, sizes))!;
      const bytes = await readPlain(path, size.width * size.height + PNG_OVERHEAD_BYTES);
      if (bytes === null) continue;
      within(file, () => checkGreyMap(bytes, size));
      const target = join(places.files.saliencyMaps, file);
      await Deno.mkdir(dirname(target), { recursive: true });
      await writeFileAtomic(target, bytes);
      count++;
    }
  }
  return count === 0 ? {} : { saliency_maps: { count } };
}

function within<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`${file} was not stored: ${error.message}`, { cause: error });
  }
}

/** The kept lesions and saliency maps, by name. */
export async function listOutputs(
  files: Pick<EvaluationFiles, "lesions" | "saliencyMaps">,
): Promise<KeptFile[]> {
  const found = await plainFiles("saliency_maps", files.saliencyMaps, files.saliencyMaps);
  const lesions = await Deno.lstat(files.lesions).catch(() => null);
  if (lesions?.isFile) {
    const [path, bytes] = [files.lesions, lesions.size];
    found.push({ output: "lesions", file: basename(path), path, bytes });
  }
  return found.sort((one, other) => one.file < other.file ? -1 : 1);
}

async function plainFiles(output: Output, root: string, folder: string): Promise<KeptFile[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((error) => {
    if (isAbsence(error)) return [];
    throw error;
  });
  const found = await Promise.all(entries.map(async ({ name, isFile, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return await plainFiles(output, root, path);
    if (!isFile) return [];
    return [{ output, file: relative(root, path), path, bytes: (await Deno.lstat(path)).size }];
  }));
  return found.flat();
}
