import { join } from "node:path";
import { png } from "../support/ingestion/images.ts";
import { readPngPixels } from "../../shared/format/mod.ts";
import type { HeaderTimes } from "./ingestion/check_headers.ts";
import { PYTHON, runScript } from "./script.ts";
import { medianMs, type Reporter, type Topic } from "./topic.ts";

const FOLDER = new URL("./ingestion/", import.meta.url).pathname;
const IMAGES = 3000;
const ROUNDS = 7;
/** Images a second that a header check must reach, warm. */
const IMAGES_PER_S_MIN = 3000;
const RSS_MB_MAX = 300;
/** Size of a mammogram. */
const [WIDTH, HEIGHT] = [2560, 3328];
const PYPNG = "apt-get install python3-png";

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function headers(folder: string, reporter: Reporter): Promise<void> {
  const small = png();
  const first = join(folder, "0.png");
  await Deno.writeFile(first, small);
  for (let index = 1; index < IMAGES; index++) await Deno.link(first, join(folder, `${index}.png`));
  const args = [folder, String(IMAGES), String(ROUNDS)];
  const ours = await runScript(Deno.execPath(), [
    ...["run", "--quiet", "--allow-all", join(FOLDER, "check_headers.ts")],
    ...args,
  ]);
  if (!ours.ok) throw new Error(ours.reason);
  const { ms, rssMb, errors }: HeaderTimes = JSON.parse(ours.stdout);
  if (errors > 0) throw new Error(`${errors} images were refused`);
  const warm = median(ms.slice(2));
  reporter.line(
    `  header check of ${IMAGES} images, warm: ${Math.round(1000 * IMAGES / warm)} a second`,
  );
  reporter.bound("an image", warm / IMAGES, "ms", 1000 / IMAGES_PER_S_MIN);
  reporter.bound("memory of the process", rssMb, "MB", RSS_MB_MAX);
  const theirs = await runScript(PYTHON, [join(FOLDER, "check_images.py"), "headers", ...args]);
  if (!theirs.ok) return reporter.skip(`pypng (${theirs.reason})`, PYPNG);
  const python = median((JSON.parse(theirs.stdout) as number[]).slice(2));
  reporter.ratio({ what: "ours", ms: warm }, { what: "pypng", ms: python });
}

async function pixels(folder: string, reporter: Reporter): Promise<void> {
  const isBreast = (x: number, y: number): boolean =>
    (x / 1600) ** 2 + ((y - HEIGHT / 2) / 1500) ** 2 < 1;
  // Texture and noise like a breast's: it must not compress better than one.
  const noise = (x: number, y: number): number =>
    Math.imul(x * 374_761_393 + y * 668_265_263, 1_274_126_177) >>> 22;
  const file = png({
    width: WIDTH,
    height: HEIGHT,
    pixel: (x, y) => isBreast(x, y) ? 20_000 + 8 * x + noise(x, y) : 0,
  });
  const path = join(folder, "mammogram.png");
  await Deno.writeFile(path, file);
  reporter.line(`  every pixel of an image of ${WIDTH} x ${HEIGHT} (${file.length} bytes)`);
  const ours = { what: "ours", ms: await medianMs(9, () => readPngPixels(file)) };
  const theirs = await runScript(PYTHON, [join(FOLDER, "check_images.py"), "pixels", path]);
  if (!theirs.ok) return reporter.skip(`pypng (${theirs.reason})`, PYPNG);
  const [ms] = JSON.parse(theirs.stdout) as number[];
  reporter.ratio(ours, { what: "pypng", ms: ms! }, 5);
}

/** How fast images are checked. */
const topic: Topic = {
  about: "checking images when a dataset is registered, against pypng",
  async run(reporter): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
    try {
      await headers(folder, reporter);
      await pixels(folder, reporter);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
