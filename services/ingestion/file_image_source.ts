import { join } from "node:path";
import { IMAGE_FILE_BYTES_MAX } from "../../shared/limits.ts";
import { isWithin } from "../../shared/volume/mod.ts";
import { GLANCE_BYTES, type GlanceResult, type ImageSource } from "./image_source.ts";

/**
 * Images as PNG files in folders.
 *
 * @param roots absolute folders that links may lead to
 */
export function createFileImageSource(roots: readonly string[]): ImageSource {
  return {
    async glance(folder, name, part): Promise<GlanceResult> {
      const path = join(folder, `${name}.png`);
      try {
        const real = await Deno.realPath(path);
        if (![folder, ...roots].some((root) => isWithin(root, real))) {
          return { ok: false, reason: "outside" };
        }
        return await readFile(real, part);
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
  };
}

async function readFile(path: string, part: "ends" | "whole"): Promise<GlanceResult> {
  // Asked before it is opened: opening a pipe would wait for somebody who writes into it.
  if (!(await Deno.stat(path)).isFile) return { ok: false, reason: "not_a_file" };
  using file = await Deno.open(path);
  const { size } = await file.stat();
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
  await file.seek(offset, Deno.SeekMode.Start);
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
