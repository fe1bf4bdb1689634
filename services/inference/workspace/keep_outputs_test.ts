import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { join } from "node:path";
import { joinBytes, readDataList } from "../../../shared/format/mod.ts";
import { EXAMS_JSON } from "../../../tests/support/inference/values.ts";
import { keepOutputs, type KeptOutputs, listOutputs } from "./keep_outputs.ts";

const EXAMS = readDataList(new TextEncoder().encode(EXAMS_JSON), "json").exams;
const IMAGE = "0_L-CC";
const SIZE = { width: 8, height: 4 };

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function png(
  { width, height }: typeof SIZE,
  bits: number,
  { colour = 0, extra = [] as Uint8Array[], rows = height } = {},
): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([bits, colour], 8);
  const channels = colour === 2 ? 3 : 1;
  const pixels = deflateSync(new Uint8Array(rows * (1 + width * channels * bits / 8)));
  return joinBytes([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    ...[chunk("IHDR", header), ...extra, chunk("IDAT", pixels), chunk("IEND", new Uint8Array())],
  ]);
}

/** A folder of images, a folder that a container wrote to, and the kept outputs. */
interface Places {
  readonly left: string;
  readonly files: { readonly lesions: string; readonly saliencyMaps: string };
  keep(): Promise<KeptOutputs>;
  kept(): Promise<string[]>;
}

async function inFolders(test: (places: Places) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_outputs_" });
  try {
    const [left, imageNotes] = [join(folder, "left"), join(folder, "images.jsonl")];
    for (const made of [join(left, "saliency_maps"), join(folder, "run")]) {
      await Deno.mkdir(made, { recursive: true });
    }
    const notes = [{ image: IMAGE, ...SIZE }, { image: "0_R-CC", bytes: 9 }];
    await Deno.writeTextFile(imageNotes, notes.map((note) => JSON.stringify(note) + "\n").join(""));
    const files = {
      lesions: join(folder, "run/toy_exp_lesions.csv"),
      saliencyMaps: join(folder, "run/saliency_maps"),
    };
    await test({
      ...{ left, files },
      keep: () => keepOutputs(["lesions", "saliency_maps"], EXAMS, { left, files, imageNotes }),
      kept: async () => (await listOutputs(files)).map(({ file }) => file),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LESIONS = `image_index,x0,y0,x1,y1,score\n${IMAGE},0,0.50,8,4,0.9\n`;
const MAP = `saliency_maps/${IMAGE}_malignant.png`;

Deno.test("lesions and maps are kept, in a form of our own", () =>
  inFolders(async ({ left, files, keep, kept }) => {
    assert.deepEqual(await keep(), {});
    await Deno.writeTextFile(join(left, "toy_exp_lesions.csv"), LESIONS);
    await Deno.writeFile(join(left, MAP), png(SIZE, 8));
    await Deno.writeTextFile(join(left, "saliency_maps/other.txt"), "not asked for");
    const { lesions, ...rest } = await keep();
    assert.equal(lesions?.count, 1);
    assert.deepEqual(rest, { saliency_maps: { count: 1 } });
    assert.deepEqual(await kept(), [`${IMAGE}_malignant.png`, "toy_exp_lesions.csv"]);
    assert.equal(await Deno.readTextFile(files.lesions), LESIONS.replace("0.50", "0.5"));
  }));

const REFUSED:
  readonly (readonly [what: string, file: string, content: Uint8Array, why: RegExp])[] = [
    [
      "a box outside",
      "toy_exp_lesions.csv",
      text(LESIONS.replace(",4,", ",5,")),
      /is outside/,
    ],
    ["an unknown image", "toy_exp_lesions.csv", text(LESIONS.replace(IMAGE, "x")), /no image x/],
    [
      "an image of unknown size",
      "toy_exp_lesions.csv",
      text(LESIONS.replace(IMAGE, "0_R-CC")),
      /size of image 0_R-CC was not recorded/,
    ],
    ["16 bits", MAP, png(SIZE, 16), /not an 8-bit greyscale/],
    ["colours", MAP, png(SIZE, 8, { colour: 2 }), /not an 8-bit greyscale/],
    ["another size", MAP, png({ width: 9, height: 4 }, 8), /it is 9 x 4, the image is 8 x 4/],
    ["text in it", MAP, png(SIZE, 8, { extra: [chunk("tEXt", text("x"))] }), /chunk tEXt/],
    ["more rows", MAP, png(SIZE, 8, { rows: 5 }), /continues after the last row/],
    ["something behind", MAP, joinBytes([png(SIZE, 8), text("x")]), /there is data after its end/],
    ["no PNG", MAP, text("x"), /not a PNG/],
  ];

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

for (const [what, file, content, why] of REFUSED) {
  Deno.test(`an output with ${what} is not kept, and said why`, () =>
    inFolders(async ({ left, keep, kept }) => {
      await Deno.writeFile(join(left, file), content);
      const { refused, ...rest } = await keep();
      assert.match(refused!.join(), why);
      assert.deepEqual(rest, {});
      assert.deepEqual(await kept(), []);
    }));
}

Deno.test("links of a container lead nowhere", () =>
  inFolders(async ({ left, keep, kept }) => {
    await Deno.remove(join(left, "saliency_maps"));
    const elsewhere = join(left, "../elsewhere");
    await Deno.mkdir(elsewhere);
    await Deno.writeFile(join(elsewhere, `${IMAGE}_malignant.png`), png(SIZE, 8));
    await Deno.writeTextFile(join(elsewhere, "lesions.csv"), LESIONS);
    await Deno.symlink(elsewhere, join(left, "saliency_maps"));
    await Deno.symlink(join(elsewhere, "lesions.csv"), join(left, "toy_exp_lesions.csv"));
    assert.deepEqual(await keep(), {});
    assert.deepEqual(await kept(), []);
  }));
