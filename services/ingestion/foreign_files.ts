import { dirname, join } from "node:path";
import { type Fault, faultOf } from "../../shared/domain/mod.ts";
import { HIDDEN_PATHS_MAX } from "../../shared/limits.ts";
import { forEachOf } from "../../shared/async.ts";

/** A path in an images folder that is no image and must be hidden from models. */
export interface ForeignPath {
  /** Relative to the images folder, with `/` separators. */
  readonly path: string;
  /** Whether it is a folder without images of the list, hidden as a whole. */
  readonly isFolder: boolean;
  /** The foreign file, relative to the images folder; for a folder the first one found. */
  readonly file: string;
}

/** First bytes of every PNG. */
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const OPENED_AT_ONCE = 32;

/**
 * Finds the files that must be hidden from models: a data list next to the images would reveal the labels. PNGs of
 * other lists stay visible, because 400,000 files cannot be hidden one by one. Links lead nowhere in a container.
 * @returns paths in folder order; a folder without images of the list appears once
 */
export async function findForeignFiles(
  folder: string,
  images: ReadonlySet<string>,
): Promise<ForeignPath[]> {
  const inhabited = foldersOf(images);
  const found: ForeignPath[] = [];
  const waiting = [""];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { folders, files } = await look(folder, at, images) ?? EMPTY;
    for (const file of files) found.push({ path: file, isFolder: false, file });
    for (const path of folders) {
      if (inhabited.has(path)) waiting.push(path);
      else {
        const file = await firstForeignBelow(folder, path, images);
        if (file !== null) found.push({ path, isFolder: true, file });
      }
    }
  }
  return found;
}

export function crowdedFault(found: readonly ForeignPath[]): Fault | null {
  const odd = found.find(({ path }) => path.includes("\ufffd"));
  if (odd !== undefined) {
    return faultOf({
      code: "images_folder_crowded",
      message:
        `${JSON.stringify(odd.path)} in the images folder is not an image, and its name is not ` +
        "UTF-8, so it cannot be hidden from models: move it out of the folder",
    });
  }
  if (found.length <= HIDDEN_PATHS_MAX) return null;
  return faultOf({
    code: "images_folder_crowded",
    message:
      `The images folder contains ${found.length} files and folders that are not images, such as ` +
      `${JSON.stringify(found[0]!.file)}: at most ${HIDDEN_PATHS_MAX} can be hidden from models. ` +
      "Move them out of the folder, or into one subfolder without images",
  });
}

export function hiddenFault({ path, isFolder, file }: ForeignPath): Fault {
  const what = isFolder
    ? `The folder ${
      JSON.stringify(path)
    } contains no image of the list, but files that are not images ` +
      `(${JSON.stringify(file)})`
    : `${JSON.stringify(path)} in the images folder is not an image`;
  return faultOf({
    code: "file_hidden",
    message: `${what}: it is hidden from models because it may contain labels; move it elsewhere`,
  });
}

/** Returns all folders, from the root down, that hold an image. */
function foldersOf(images: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const image of images) {
    for (let at = dirname(image); at !== "." && !folders.has(at); at = dirname(at)) folders.add(at);
  }
  return folders;
}

async function firstForeignBelow(
  root: string,
  folder: string,
  images: ReadonlySet<string>,
): Promise<string | null> {
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const listed = await look(root, at, images);
    const first = listed === null ? at : listed.files[0];
    if (first !== undefined) return first;
    waiting.push(...listed!.folders);
  }
  return null;
}

interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

const EMPTY: Listing = { folders: [], files: [] };

async function look(
  root: string,
  at: string,
  images: ReadonlySet<string>,
): Promise<Listing | null> {
  const folders: string[] = [];
  const files: string[] = [];
  const unlisted: string[] = [];
  const below = (name: string): string => at === "" ? name : `${at}/${name}`;
  try {
    for await (const { name, isDirectory, isFile, isSymlink } of Deno.readDir(join(root, at))) {
      const path = below(name);
      if (isDirectory) folders.push(path);
      else if (isFile && /\.png$/i.test(name)) {
        if (!images.has(path.slice(0, -".png".length)) || !name.endsWith(".png")) {
          unlisted.push(path);
        }
      } else if (!isSymlink) files.push(path);
    }
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? EMPTY : null;
  }
  await forEachOf(unlisted, OPENED_AT_ONCE, async (path) => {
    if (!await isPng(join(root, path))) files.push(path);
  });
  return { folders: folders.sort(), files: files.sort() };
}

async function isPng(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    const start = new Uint8Array(PNG_SIGNATURE.length);
    await file.read(start);
    return PNG_SIGNATURE.every((byte, index) => start[index] === byte);
  } catch {
    return false;
  }
}

/** Maximum number of folders listed in a message. */
const FOLDERS_TOLD_MAX = 10;

/** Returns a warning with the number and folders of the PNGs found, for a list that names other images. */
export async function imagesFound(folder: string): Promise<Fault> {
  const counts = new Map<string, number>();
  const folders = [""];
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
      if (isDirectory) folders.push(join(below, name));
      else if (/\.png$/i.test(name)) counts.set(below, (counts.get(below) ?? 0) + 1);
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const told = [...counts].slice(0, FOLDERS_TOLD_MAX)
    .map(([below, count]) => `${count} ${below === "" ? "at its top" : `in ${below}/`}`);
  const where = total === 0 ? "" : `: ${told.join(", ")}${counts.size > told.length ? ", …" : ""}`;
  const message =
    `The images folder holds ${total} PNGs${where}. Names of a list are paths below it without .png`;
  return faultOf({ code: "images_found", message });
}
