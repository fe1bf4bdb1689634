/**
 * Worker thread that renders images one after another. It caches decoded images for a while, because a viewer
 * requests one region after another.
 * @module
 */
import { LRUCache } from "lru-cache";
import { IMAGE_DECODED_BYTES_KEPT_MAX, IMAGE_DECODED_KEPT_S } from "../../../shared/limits.ts";
import type { RenderAnswer, RenderOrder } from "./messages.ts";
import { decodeImage, type Pixels, renderView } from "./render.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<RenderOrder>) => void;
  postMessage(message: RenderAnswer, transfer?: Transferable[]): void;
};

const decoded = new LRUCache<string, Pixels>({
  maxSize: IMAGE_DECODED_BYTES_KEPT_MAX,
  sizeCalculation: ({ values }) => values.byteLength,
  ttl: IMAGE_DECODED_KEPT_S * 1000,
  ttlAutopurge: true,
});

async function pixelsOf({ version, bytes }: RenderOrder): Promise<Pixels | null> {
  const known = decoded.get(version);
  if (known !== undefined || bytes === undefined) return known ?? null;
  const pixels = await decodeImage(bytes);
  decoded.set(version, pixels);
  return pixels;
}

async function carryOut(order: RenderOrder): Promise<void> {
  const { id, view } = order;
  const pixels = await pixelsOf(order);
  if (pixels === null) return thread.postMessage({ id, wants: "bytes" });
  const { region } = view;
  if (region.x + region.width > pixels.width || region.y + region.height > pixels.height) {
    throw new Error("the file has changed meanwhile");
  }
  const rendered = { bytes: await renderView(pixels, view), grey: pixels.grey };
  thread.postMessage({ id, rendered }, [rendered.bytes.buffer]);
}

let before: Promise<void> = Promise.resolve();

thread.onmessage = ({ data }): void => {
  before = before.then(() => carryOut(data)).catch((error) =>
    thread.postMessage({
      id: data.id,
      failed: error instanceof Error ? error.message : `${error}`,
    })
  );
};
