/**
 * Renders images, one after another, in a thread of its own. Decoded images are kept for a while: a viewer asks for
 * one part after another.
 *
 * @module
 */
import { LRUCache } from "lru-cache";
import { IMAGE_DECODED_BYTES_KEPT_MAX, IMAGE_DECODED_KEPT_S } from "../../../shared/limits.ts";
import { createFileImageSource } from "../file_image_source.ts";
import type { ImageFile, RenderAnswer, RenderOrder } from "./messages.ts";
import { decodeImage, type Pixels, type Rendered, renderView } from "./render.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<RenderOrder>) => void;
  postMessage(message: RenderAnswer, transfer?: Transferable[]): void;
};

const images = createFileImageSource();
const decoded = new LRUCache<string, Pixels>({
  maxSize: IMAGE_DECODED_BYTES_KEPT_MAX,
  sizeCalculation: ({ values }) => values.byteLength,
  ttl: IMAGE_DECODED_KEPT_S * 1000,
  ttlAutopurge: true,
});

async function pixelsOf({ folder, name, version }: ImageFile): Promise<Pixels> {
  const key = JSON.stringify([folder, name, version]);
  const known = decoded.get(key);
  if (known !== undefined) return known;
  const result = await images.glance(folder, name, "whole");
  if (!result.ok || result.glance.whole === null) throw new Error("the file cannot be read");
  const pixels = await decodeImage(result.glance.whole);
  decoded.set(key, pixels);
  return pixels;
}

async function carryOut({ file, view }: RenderOrder): Promise<Rendered> {
  const pixels = await pixelsOf(file);
  const { region } = view;
  if (region.x + region.width > pixels.width || region.y + region.height > pixels.height) {
    throw new Error("the file has changed meanwhile");
  }
  return { bytes: await renderView(pixels, view), grey: pixels.grey };
}

let before: Promise<void> = Promise.resolve();

thread.onmessage = ({ data }): void => {
  const { id } = data;
  before = before.then(() => carryOut(data)).then(
    (rendered) => thread.postMessage({ id, rendered }, [rendered.bytes.buffer]),
    (error) =>
      thread.postMessage({ id, failed: error instanceof Error ? error.message : `${error}` }),
  );
};
