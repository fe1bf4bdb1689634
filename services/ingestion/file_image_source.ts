import { join } from "node:path";
import { isWithin } from "../../shared/volume/mod.ts";
import { GLANCE_BYTES, type GlanceResult, type ImageSource } from "./image_source.ts";

/**
 * Images as PNG files in folders.
 *
 * @param roots absolute folders that links may lead to
 */
export function createFileImageSource(roots: readonly string[]): ImageSource {
  return {
    async glance(folder, name): Promise<GlanceResult> {
      const path = join(folder, `${name}.png`);
      try {
        const real = await Deno.realPath(path);
        if (![folder, ...roots].some((root) => isWithin(root, real))) {
          return { ok: false, reason: "outside" };
        }
        return await readEnds(real);
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
  };
}

async function readEnds(path: string): Promise<GlanceResult> {
  using file = await Deno.open(path);
  const { size, isFile } = await file.stat();
  if (!isFile) return { ok: false, reason: "not_a_file" };
  const head = await readAt(file, 0, Math.min(size, GLANCE_BYTES));
  const tail = await readAt(file, Math.max(0, size - GLANCE_BYTES), Math.min(size, GLANCE_BYTES));
  return { ok: true, glance: { bytes: size, head, tail } };
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
