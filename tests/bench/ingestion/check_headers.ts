/**
 * Checks the headers of images as an import does, and prints how long each of some rounds took and the
 * most memory it needed: a process of its own, so that the memory is its alone.
 *
 * Usage: check_headers.ts <folder> <images> <rounds>
 *
 * @module
 */
import { checkImages, type ImagePlace } from "../../../services/ingestion/check_images.ts";
import { createFileImageSource } from "../../../services/ingestion/file_image_source.ts";

/** What the program prints, as JSON. */
export interface HeaderTimes {
  readonly ms: readonly number[];
  /** Peak of resident memory. */
  readonly rssMb: number;
  readonly errors: number;
}

const [folder, images, rounds] = Deno.args;
const places = Array.from(
  { length: Number(images) },
  (_, index): ImagePlace => ({ exam: String(index), view: "L-CC", image: String(index) }),
);
const ms: number[] = [];
let errors = 0;
for (let round = 0; round < Number(rounds); round++) {
  const began = performance.now();
  const check = await checkImages(
    (start, limit) => {
      const next = start + limit < places.length ? start + limit : null;
      return Promise.resolve({ items: places.slice(start, start + limit), next });
    },
    folder!,
    createFileImageSource(),
    {
      check: "header",
      onBlock: () => Promise.resolve(),
      signal: new AbortController().signal,
    },
  );
  ms.push(performance.now() - began);
  errors += check.errors.total;
}
const peak = /VmHWM:\s+(\d+)/.exec(await Deno.readTextFile("/proc/self/status"))?.[1];
const times: HeaderTimes = { ms, rssMb: Number(peak) / 1024, errors };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(times)));
