import assert from "node:assert/strict";
import sharp from "sharp";
import type { PixelMap } from "./map.ts";
import { mirrored } from "./map.ts";
import { syntheticBreast } from "./synthetic_breast.ts";

const HERE = new URL("./", import.meta.url).pathname;

async function writeImage(path: string, map: PixelMap): Promise<void> {
  const { width, height } = map;
  const pixels = Uint16Array.from(map.values);
  await sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace("grey16").png()
    .toFile(path);
}

/** Protocol 2, text as BINUNICODE: `[{'L-CC': ['a'], 'R-CC': ['b'], 'L-MLO': ['a']}]`. */
function dataList(left: string, right: string): Uint8Array {
  function text(value: string): number[] {
    return [0x58, value.length, 0, 0, 0, ...new TextEncoder().encode(value)];
  }
  function entry(view: string, image: string): number[] {
    return [...text(view), 0x5d, ...text(image), 0x61];
  }
  const entries = [...entry("L-CC", left), ...entry("R-CC", right), ...entry("L-MLO", left)];
  return Uint8Array.of(0x80, 2, 0x5d, 0x7d, 0x28, ...entries, 0x75, 0x61, 0x2e);
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with no more rights than predict.sh gives it. */
async function run(folder: string, options: readonly string[] = [], device = "cpu"): Promise<Run> {
  const read = [HERE, `${folder}/data.pkl`, `${folder}/images`, `${folder}/out`];
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock"],
      `--allow-read=${read.join(",")}`,
      `--allow-write=${folder}/out`,
      `${HERE}main.ts`,
      ...[`${folder}/data.pkl`, `${folder}/images`, `${folder}/out/p.csv`, "exp", device],
      ...[`${folder}/preprocessed`, ...options],
    ],
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "reference_" });
  try {
    await Deno.mkdir(`${folder}/images`);
    await Deno.mkdir(`${folder}/out`);
    await writeImage(
      `${folder}/images/a.png`,
      syntheticBreast({ bodies: [[120, 250, 8, 12_000]] }),
    );
    await writeImage(`${folder}/images/b.png`, mirrored(syntheticBreast()));
    await Deno.writeFile(`${folder}/data.pkl`, dataList("a", "b"));
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("main.ts scores a data list and shows its progress", async () => {
  await withFolder(async (folder) => {
    const done = await run(folder);
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.equal(
      done.stdout,
      "Stage 1/2: measure images\nimage 1/2\nimage 2/2\nStage 2/2: score images\n",
    );
    const csv = await Deno.readTextFile(`${folder}/out/p.csv`);
    const rows = csv.trimEnd().split("\n").map((line) => line.split(","));
    assert.deepEqual(rows.map((row) => row[0]), ["image_index", "a", "b", "a"]);
    assert.equal(rows[1]![1], rows[3]![1], "an image named twice has one score");
    assert.ok(Number(rows[1]![1]) > Number(rows[2]![1]), "the mass shows");
    assert.deepEqual([...Deno.readDirSync(`${folder}/out`)].map((entry) => entry.name), ["p.csv"]);

    await run(folder, ["--NUM_PROCESSES=1"]);
    assert.equal(await Deno.readTextFile(`${folder}/out/p.csv`), csv, "one process scores alike");
    await run(folder, ["--ASYMMETRY_WEIGHT=2"]);
    assert.notEqual(await Deno.readTextFile(`${folder}/out/p.csv`), csv);
  });
});

Deno.test("main.ts ends with 1 and names the image that it cannot read", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/images/b.png`, "no picture");
    const done = await run(folder);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /^Cannot score image b: Cannot read PNG/);
    await Deno.remove(`${folder}/images/b.png`);
    assert.match((await run(folder)).stderr, /^Cannot score image b: No such file/);
    assert.deepEqual([...Deno.readDirSync(`${folder}/out`)], []);
  });
});

Deno.test("main.ts refuses a GPU, unknown options and missing arguments", async () => {
  await withFolder(async (folder) => {
    assert.match((await run(folder, [], "gpu")).stderr, /Cannot run on gpu: .* cpu only/);
    assert.match((await run(folder, ["--SEED=1"])).stderr, /unknown option --SEED=1/);
    const zero = await run(folder, ["--NUM_PROCESSES=0"]);
    assert.match(zero.stderr, /NUM_PROCESSES must be 1 to 64, it is "0"/);
    assert.equal(zero.code, 1);
  });
});
