import { dirname, join } from "node:path";
import { IMAGE_FILE_BYTES_MAX } from "../../shared/limits.ts";
import { isSame, isWithin, readAt } from "../../shared/volume/mod.ts";
import { GLANCE_BYTES, type GlanceResult, type ImageSource } from "./image_source.ts";

/** Folders whose place is remembered: a dataset has one, or one an exam. */
const FOLDERS_REMEMBERED_MAX = 1024;

/** Longer than this a glance takes only where a disk or a network has to be waited for. */
const SLOW_MS = 2;
/** Glances that are then made side by side before it is tried again without. */
const GLANCES_AFTER_SLOW = 512;

/**
 * Images as PNG files in folders.
 *
 * Where files lie in the page cache or on a fast disk, reading them one after another without a wait
 * is three times as fast as side by side; where they do not, it is the other way round. So the first
 * is tried, and left for a while when it took long.
 *
 * @param roots absolute folders that links may lead to
 */
export function createFileImageSource(roots: readonly string[]): ImageSource {
  const allowedFolders = new Set<string>();
  let sideBySide = 0;

  /** Whether a path, links followed, lies in the dataset's folder or under a root. */
  async function isAllowed(path: string, folder: string): Promise<boolean> {
    const real = await Deno.realPath(path);
    for (const root of [folder, ...roots]) {
      if (isWithin(await Deno.realPath(root).catch(() => root), real)) return true;
    }
    return false;
  }

  async function isFolderAllowed(path: string, folder: string): Promise<boolean> {
    const key = `${folder}\0${path}`;
    if (allowedFolders.has(key)) return true;
    const allowed = await isAllowed(path, folder);
    if (allowedFolders.size >= FOLDERS_REMEMBERED_MAX) allowedFolders.clear();
    if (allowed) allowedFolders.add(key);
    return allowed;
  }

  /** Both ends of a plain file in a folder that is known; null where more has to be found out. */
  function glanceAtOnce(folder: string, path: string): GlanceResult | null {
    if (!allowedFolders.has(`${folder}\0${dirname(path)}`)) return null;
    if (sideBySide > 0) {
      sideBySide -= 1;
      return null;
    }
    const began = performance.now();
    const result = readEndsNow(path);
    if (performance.now() - began > SLOW_MS) sideBySide = GLANCES_AFTER_SLOW;
    return result;
  }

  async function glance(
    folder: string,
    path: string,
    part: "ends" | "whole",
  ): Promise<GlanceResult> {
    const info = await Deno.lstat(path);
    const allowed = info.isSymlink
      ? await isAllowed(path, folder)
      : await isFolderAllowed(dirname(path), folder);
    if (!allowed) return { ok: false, reason: "outside" };
    // Asked before it is opened: opening a pipe would wait for somebody who writes into it.
    const seen = info.isSymlink ? await Deno.stat(path) : info;
    return seen.isFile ? await readFile(path, seen, part) : { ok: false, reason: "not_a_file" };
  }

  return {
    async glance(folder, name, part): Promise<GlanceResult> {
      const path = join(folder, `${name}.png`);
      const atOnce = part === "ends" ? glanceAtOnce(folder, path) : null;
      if (atOnce !== null) return atOnce;
      try {
        return await glance(folder, path, part);
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
  };
}

function readEndsNow(path: string): GlanceResult | null {
  try {
    const seen = Deno.lstatSync(path);
    const { isFile, size } = seen;
    if (!isFile) return null;
    using file = Deno.openSync(path);
    // A link that has come in its place since then is looked at the other way.
    if (!isSame(file.statSync(), seen)) return null;
    const length = Math.min(size, GLANCE_BYTES);
    const head = readNow(file, 0, length);
    const tail = readNow(file, size - length, length);
    return { ok: true, glance: { bytes: size, head, tail, whole: null } };
  } catch {
    return null; // the other way finds out why
  }
}

function readNow(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

async function readFile(
  path: string,
  seen: Deno.FileInfo,
  part: "ends" | "whole",
): Promise<GlanceResult> {
  using file = await Deno.open(path);
  // What is there now is not what was found to be allowed.
  if (!isSame(await file.stat(), seen)) return { ok: false, reason: "outside" };
  const { size } = seen;
  if (part === "whole" && size <= IMAGE_FILE_BYTES_MAX) {
    const whole = await readAt(file, 0, size);
    const head = whole.subarray(0, GLANCE_BYTES);
    const tail = whole.subarray(Math.max(0, whole.length - GLANCE_BYTES));
    return { ok: true, glance: { bytes: size, head, tail, whole } };
  }
  const head = await readAt(file, 0, Math.min(size, GLANCE_BYTES));
  const tail = await readAt(file, Math.max(0, size - GLANCE_BYTES), Math.min(size, GLANCE_BYTES));
  return { ok: true, glance: { bytes: size, head, tail, whole: null } };
}

function reasonOf(error: unknown): "missing" | "unreadable" {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory
    ? "missing"
    : "unreadable";
}
