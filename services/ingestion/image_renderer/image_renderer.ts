import {
  IMAGE_RENDERERS,
  IMAGE_RENDERS_WAITING_MAX,
  IMAGES_REMEMBERED_MAX,
} from "../../../shared/limits.ts";
import { LRUCache } from "lru-cache";
import { Problem } from "../../../shared/http/mod.ts";
import type { ImageFile, RenderAnswer } from "./messages.ts";
import type { Rendered, View } from "./render.ts";

/** Makes pictures of registered images. */
export interface ImageRenderer {
  /**
   * @param file of the image, whose header has been looked at
   * @param view within the image
   * @throws {Problem} `unavailable` when too many wait already
   * @throws {RenderFailed} when the file is damaged
   */
  render(file: ImageFile, view: View): Promise<Rendered>;
  /** Ends the threads; pictures that are being made fail. */
  stop(): void;
}

/** The file of an image cannot be shown. */
export class RenderFailed extends Error {
  override readonly name = "RenderFailed";
}

/** One thread, and what it has to answer. */
interface Renderer {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<Rendered>>;
}

/** Renders in a pool of threads, which are started when they are needed first. */
export function createImageRenderer(): ImageRenderer {
  const renderers: (Renderer | null)[] = Array.from({ length: IMAGE_RENDERERS }, () => null);
  // All parts of an image go to the thread that has its pixels.
  const places = new LRUCache<string, number>({ max: IMAGES_REMEMBERED_MAX });
  let count = 0;

  function placeOf({ folder, name }: ImageFile): number {
    const key = JSON.stringify([folder, name]);
    const place = places.get(key) ?? places.size % IMAGE_RENDERERS;
    places.set(key, place);
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
      renderer.waiting.delete(data.id);
      if ("rendered" in data) asked?.resolve(data.rendered);
      else asked?.reject(new RenderFailed(data.failed));
    };
    worker.onerror = (event): void => {
      event.preventDefault(); // else the whole service would end
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
      const asked = Promise.withResolvers<Rendered>();
      renderer.waiting.set(id, asked);
      renderer.worker.postMessage({ id, file, view });
      return asked.promise;
    },
    stop: () =>
      renderers.forEach((_, place) => end(place, "The service is being stopped: ask again")),
  };
}

function tooMany(): Problem {
  return new Problem(
    "unavailable",
    "Too many images are being rendered now: ask for this one again in a few seconds",
    { headers: { "retry-after": "2" } },
  );
}
