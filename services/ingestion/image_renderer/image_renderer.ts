import {
  IMAGE_RENDERERS,
  IMAGE_RENDERS_WAITING_MAX,
  IMAGES_REMEMBERED_MAX,
} from "../../../shared/limits.ts";
import { LRUCache } from "lru-cache";
import { Problem } from "../../../shared/http/mod.ts";
import type { RenderAnswer } from "./messages.ts";
import type { Rendered, View } from "./render.ts";

/** A registered image as it is now. */
export interface ImageFile {
  /** Identifies the content. */
  readonly version: string;
  /** @throws {RenderFailed} when it cannot be read */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface ImageRenderer {
  /**
   * @throws {Problem} `unavailable` when too many requests are waiting
   * @throws {RenderFailed} when the file is damaged
   */
  render(file: ImageFile, view: View): Promise<Rendered>;
  /** Ends the threads; pending renders fail. */
  stop(): void;
}

/** An image file cannot be shown. */
export class RenderFailed extends Error {
  override readonly name = "RenderFailed";
}

interface Asked extends PromiseWithResolvers<Rendered> {
  readonly file: ImageFile;
  readonly view: View;
}

interface Renderer {
  readonly worker: Worker;
  readonly waiting: Map<number, Asked>;
}

/** Creates a renderer with a pool of worker threads, started on first use. */
export function createImageRenderer(): ImageRenderer {
  const renderers: (Renderer | null)[] = Array.from({ length: IMAGE_RENDERERS }, () => null);
  // Sends all views of an image to the thread that has its pixels cached.
  const places = new LRUCache<string, number>({ max: IMAGES_REMEMBERED_MAX });
  let count = 0;

  function placeOf({ version }: ImageFile): number {
    const place = places.get(version) ?? places.size % IMAGE_RENDERERS;
    places.set(version, place);
    return place;
  }

  function start(place: number): Renderer {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: `image renderer ${place}`,
    });
    const renderer: Renderer = { worker, waiting: new Map() };
    worker.onmessage = ({ data }: MessageEvent<RenderAnswer>): void => {
      const asked = renderer.waiting.get(data.id);
      if (asked === undefined) return;
      if ("wants" in data) return void sendFile(renderer, data.id, asked);
      renderer.waiting.delete(data.id);
      if ("rendered" in data) asked.resolve(data.rendered);
      else asked.reject(new RenderFailed(data.failed));
    };
    worker.onerror = (event): void => {
      event.preventDefault(); // an unhandled error would end the service
      end(place, `The image could not be rendered (${event.message}): ask again`);
    };
    return renderers[place] = renderer;
  }

  function end(place: number, why: string): void {
    const renderer = renderers[place];
    renderers[place] = null;
    renderer?.worker.terminate();
    for (const { reject } of renderer?.waiting.values() ?? []) {
      reject(new Problem("unavailable", why));
    }
  }

  return {
    render(file, view): Promise<Rendered> {
      const waiting = renderers.reduce((sum, one) => sum + (one?.waiting.size ?? 0), 0);
      if (waiting >= IMAGE_RENDERS_WAITING_MAX) throw tooMany();
      const place = placeOf(file);
      const renderer = renderers[place] ?? start(place);
      const id = count++;
      const asked = { ...Promise.withResolvers<Rendered>(), file, view };
      renderer.waiting.set(id, asked);
      renderer.worker.postMessage({ id, version: file.version, view });
      return asked.promise;
    },
    stop: () =>
      renderers.forEach((_, place) => end(place, "The service is being stopped: ask again")),
  };
}

async function sendFile({ worker, waiting }: Renderer, id: number, asked: Asked): Promise<void> {
  try {
    const { file, view } = asked;
    const bytes = await file.read();
    worker.postMessage({ id, version: file.version, view, bytes }, [bytes.buffer]);
  } catch (error) {
    waiting.delete(id);
    asked.reject(error);
  }
}

function tooMany(): Problem {
  return new Problem(
    "unavailable",
    "Too many images are being rendered now: ask for this one again in a few seconds",
    { headers: { "retry-after": "2" } },
  );
}
