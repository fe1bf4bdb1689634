import { dirname, join } from "node:path";
import { IMAGE_FILE_BYTES_MAX } from "../../shared/limits.ts";
import { isWithin } from "../../shared/volume/mod.ts";
import { GLANCE_BYTES, type GlanceResult, type ImageSource } from "./image_source.ts";

/** Folders whose place is remembered: a dataset has one, or one an exam. */
const FOLDERS_REMEMBERED_MAX = 1024;

/**
 * Images as PNG files in folders.
 *
 * @param roots absolute folders that links may lead to
 */
export function createFileImageSource(roots: readonly string[]): ImageSource {
  const remembered = new Map<string, Promise<boolean>>();

  /** Whether a path, links followed, lies in the dataset's folder or under a root. */
  async function isAllowed(path: string, folder: string): Promise<boolean> {
    const real = await Deno.realPath(path);
    for (const root of [folder, ...roots]) {
      if (isWithin(await Deno.realPath(root).catch(() => root), real)) return true;
    }
    return false;
  }

  function isFolderAllowed(path: string, folder: string): Promise<boolean> {
    const known = remembered.get(path);
    if (known !== undefined) return known;
    if (remembered.size >= FOLDERS_REMEMBERED_MAX) remembered.clear();
    const allowed = isAllowed(path, folder);
    remembered.set(path, allowed);
    return allowed;
  }

  return {
    async glance(folder, name, part): Promise<GlanceResult> {
      const path = join(folder, `${name}.png`);
      try {
        const info = await Deno.lstat(path);
        const allowed = info.isSymlink
          ? await isAllowed(path, folder)
          : await isFolderAllowed(dirname(path), folder);
        if (!allowed) return { ok: false, reason: "outside" };
        // Asked before it is opened: opening a pipe would wait for somebody who writes into it.
        const { isFile, size } = info.isSymlink ? await Deno.stat(path) : info;
        return isFile ? await readFile(path, size, part) : { ok: false, reason: "not_a_file" };
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
  };
}

async function readFile(
  path: string,
  size: number,
  part: "ends" | "whole",
): Promise<GlanceResult> {
  using file = await Deno.open(path);
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

async function readAt(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array> {
  file.seekSync(offset, Deno.SeekMode.Start); // a number in the kernel: there is nothing to wait for
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function reasonOf(error: unknown): "missing" | "unreadable" {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory
    ? "missing"
    : "unreadable";
}
