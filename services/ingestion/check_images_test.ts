import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import type { ImageCheck } from "../../shared/contracts/datasets.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import { PYTHON, works } from "../../tests/support/tools.ts";
import {
  checkImages,
  type CheckImagesOptions,
  type ImagePlace,
  imagePlaces,
  type ImagesCheck,
  type PlacePages,
} from "./check_images.ts";
import { createFileImageSource } from "./file_image_source.ts";
import { concat } from "../../tests/support/ingestion/archives.ts";
import { chunk, END_BYTES, HEAD_BYTES, png, SIDE } from "../../tests/support/ingestion/images.ts";

/** A folder with images. */
interface Folder extends AsyncDisposable {
  readonly path: string;
  put(name: string, bytes: Uint8Array): Promise<void>;
}

async function makeFolder(): Promise<Folder> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "mammoeval-images-" }));
  return {
    path,
    put: (name, bytes) => Deno.writeFile(join(path, `${name}.png`), bytes),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

function pagesOf(names: readonly string[]): PlacePages {
  const places = names.map((image, index): ImagePlace => ({
    exam: String(index),
    view: "L-CC",
    image,
  }));
  return (start, limit) =>
    Promise.resolve({
      items: places.slice(start, start + limit),
      next: start + limit < places.length ? start + limit : null,
    });
}

async function check(
  folder: Folder,
  names: readonly string[],
  options: Partial<CheckImagesOptions> = {},
): Promise<ImagesCheck> {
  return await checkImages(pagesOf(names), folder.path, createFileImageSource(), {
    check: "header",
    onBlock: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...options,
  });
}

/** Codes of the faults of one image. */
async function codes(folder: Folder, name: string, how: ImageCheck): Promise<string[]> {
  const { errors, warnings } = await check(folder, [name], { check: how });
  for (const fault of [...errors.listed, ...warnings.listed]) {
    assert.equal(fault.exam, "0");
    assert.equal(fault.view, "L-CC");
    assert.equal(fault.image, name);
    assert.match(fault.message, new RegExp(`^${name}\\.png \\(exam 0, L-CC\\) .*[^.]$`));
  }
  return [...errors.listed, ...warnings.listed].map(({ code }) => code);
}

const good = png();
const middle = HEAD_BYTES + Math.floor((good.length - HEAD_BYTES - END_BYTES) / 2);

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = copy[at]! ^ 0xff;
  return copy;
}

/** A file, the codes of the header check, and the codes of the pixel check. */
const FILES: [string, Uint8Array, string[], string[]][] = [
  ["good", good, [], []],
  ["empty", new Uint8Array(0), ["image_empty"], ["image_empty"]],
  ["text", new TextEncoder().encode("not a picture"), ["image_not_png"], ["image_not_png"]],
  ["jpeg", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), ["image_not_png"], ["image_not_png"]],
  ["no_width", png({ width: 0, rows: new Uint8Array(1) }), ["image_not_png"], ["image_not_png"]],
  ["header_crc", flipped(good, 30), ["image_not_png"], ["image_not_png"]],
  ["header_cut", good.subarray(0, 20), ["image_not_png"], ["image_not_png"]],
  ["depth_8", png({ bitDepth: 8 }), ["image_not_16_bit"], ["image_not_16_bit"]],
  ["depth_1", png({ bitDepth: 1 }), ["image_not_16_bit"], ["image_not_16_bit"]],
  ["palette", png({ bitDepth: 8, colourType: 3 }), ["image_not_grey"], ["image_not_grey"]],
  ["rgb", png({ colourType: 2 }), ["image_not_grey"], ["image_not_grey"]],
  ["alpha", png({ colourType: 4 }), ["image_not_grey"], ["image_not_grey"]],
  ["rgba", png({ colourType: 6 }), ["image_not_grey"], ["image_not_grey"]],
  ["small", png({ width: SIDE - 1 }), ["image_size"], ["image_size"]],
  ["huge", png({ width: 1e5, height: 1e5, rows: new Uint8Array(9) }), ["image_size"], [
    "image_size",
  ]],
  ["cut_last_byte", good.subarray(0, -1), ["image_truncated"], ["image_truncated"]],
  ["cut_middle", good.subarray(0, middle), ["image_truncated"], ["image_truncated"]],
  ["cut_head", good.subarray(0, HEAD_BYTES), ["image_truncated"], ["image_truncated"]],
  ["trailing", concat([good, new Uint8Array(100)]), ["image_trailing_bytes"], [
    "image_trailing_bytes",
  ]],
  // From here on only the pixels show the fault.
  ["crc", flipped(good, middle), [], ["image_damaged"]],
  ["crc_itself", flipped(good, good.length - END_BYTES - 1), [], ["image_damaged"]],
  ["deflate", png({ damage: (idat) => flipped(idat, idat.length >> 1) }), [], ["image_damaged"]],
  ["adler", png({ damage: (idat) => flipped(idat, idat.length - 1) }), [], ["image_damaged"]],
  ["rows_missing", png({ height: SIDE, rows: new Uint8Array(513 * 255) }), ["image_damaged"], [
    "image_damaged",
  ]],
  ["rows_too_many", png({ rows: new Uint8Array(513 * 257) }), ["image_damaged"], ["image_damaged"]],
  ["filter", png({ rows: new Uint8Array(513 * SIDE).fill(9) }), ["image_damaged"], [
    "image_damaged",
  ]],
  ["no_pixels", concat([good.subarray(0, HEAD_BYTES), good.subarray(-END_BYTES)]), [
    "image_damaged",
  ], ["image_damaged"]],
  ["cut_inside", concat([good.subarray(0, middle), good.subarray(-END_BYTES)]), [], [
    "image_damaged",
  ]],
  [
    "unknown_chunk",
    concat([
      good.subarray(0, HEAD_BYTES),
      chunk("ABCD", Uint8Array.of(1)),
      good.subarray(HEAD_BYTES),
    ]),
    [],
    ["image_damaged"],
  ],
  [
    "text_chunk",
    concat([
      good.subarray(0, HEAD_BYTES),
      chunk("tEXt", new TextEncoder().encode("Comment\0hello")),
      good.subarray(HEAD_BYTES),
    ]),
    [],
    [],
  ],
  // An empty image compresses so well that it is always decoded.
  ["black", png({ pixel: () => 0 }), ["image_constant"], ["image_constant"]],
  ["white", png({ pixel: () => 65535 }), ["image_constant"], ["image_constant"]],
  ["black_with_marks", png({ pixel: (x, y) => x === 9 && y < 50 ? 65535 : 0 }), [
    "image_nearly_black",
  ], ["image_nearly_black"]],
  ["8_bits_in_16", png({ pixel: (x, y) => (x * 31 + y * 17) % 251, level: 0 }), [], [
    "image_nearly_black",
  ]],
  ["black_stored", png({ pixel: () => 0, level: 0 }), [], ["image_constant"]],
  ["half_black", png({ pixel: (x, y) => x < 128 ? 0 : 4095 - (x * y) % 977 }), [], ["image_dark"]],
];

Deno.test("checkImages: what each kind of file is called, by its ends and by its pixels", async (t) => {
  await using folder = await makeFolder();
  for (const [name, bytes, byHeader, byPixels] of FILES) {
    await t.step(name, async () => {
      await folder.put(name, bytes);
      assert.deepEqual(await codes(folder, name, "header"), byHeader, "header");
      assert.deepEqual(await codes(folder, name, "pixels"), byPixels, "pixels");
    });
  }
});

Deno.test("checkImages: a file cut off anywhere is found by either check", async () => {
  await using folder = await makeFolder();
  for (let length = 0; length < good.length; length += 4099) {
    await folder.put("cut", good.subarray(0, length));
    for (const how of ["header", "pixels"] as const) {
      assert.equal((await check(folder, ["cut"], { check: how })).errors.total, 1, `${length}`);
    }
  }
});

Deno.test("checkImages: a byte flipped anywhere in a file is found by the pixel check", async () => {
  await using folder = await makeFolder();
  for (let at = 0; at < good.length; at += 2477) {
    await folder.put("flipped", flipped(good, at));
    const { errors } = await check(folder, ["flipped"], { check: "pixels" });
    assert.equal(errors.total, 1, `byte ${at}`);
  }
});

Deno.test("checkImages: a link is followed where a container can follow it, and refused elsewhere", async () => {
  await using folder = await makeFolder();
  await using outside = await makeFolder();
  await outside.put("secret", good);
  await folder.put("real", good);
  const link = (target: string, name: string): Promise<void> =>
    Deno.symlink(target, join(folder.path, `${name}.png`));
  await link(join(outside.path, "secret.png"), "out");
  await link("/etc/passwd", "passwd");
  await link("real.png", "in");
  await link("./inside/../real.png", "round");
  await link("way_in/../../real.png", "above");
  await link(join(folder.path, "real.png"), "absolute");
  await link("nothing.png", "dangling");
  await link("loop.png", "loop");
  await Deno.mkdir(join(folder.path, "folder.png"));
  await Deno.mkdir(join(folder.path, "inside"));
  await folder.put("inside/real", good);
  await Deno.symlink("inside", join(folder.path, "way_in"));
  await Deno.symlink(outside.path, join(folder.path, "way_out"));
  const expected = {
    out: ["image_outside"],
    passwd: ["image_outside"],
    in: [],
    round: [],
    above: ["image_outside"],
    absolute: ["image_outside"],
    dangling: ["image_missing"],
    loop: ["image_unreadable"],
    folder: ["image_unreadable"],
    nothing: ["image_missing"],
    "real.png/below": ["image_missing"],
    "inside/real": [],
    "way_in/real": [],
    "way_out/secret": ["image_outside"],
  };
  for (const [name, faults] of Object.entries(expected)) {
    const { errors } = await check(folder, [name]);
    assert.deepEqual(errors.listed.map(({ code }) => code), faults, name);
    if (name === "dangling") {
      assert.match(errors.listed[0]!.message, /a link to a file that is not/);
    }
  }
  await Deno.symlink(folder.path, join(outside.path, "alias"));
  const alias = { ...folder, path: join(outside.path, "alias") };
  assert.equal((await check(alias, ["real"])).errors.total, 0, "the folder itself may be a link");
});

Deno.test("checkImages: an image that the container's user cannot open is a warning", async () => {
  await using folder = await makeFolder();
  await Deno.mkdir(join(folder.path, "closed"));
  for (const name of ["open", "own", "closed/in"]) await folder.put(name, good);
  await Deno.chmod(folder.path, 0o755);
  await Deno.chmod(join(folder.path, "open.png"), 0o644);
  await Deno.chmod(join(folder.path, "own.png"), 0o600);
  await Deno.chmod(join(folder.path, "closed"), 0o700);
  // The container passes through every folder that a chain of links leads through.
  await Deno.mkdir(join(folder.path, "links"), { mode: 0o755 });
  await Deno.symlink("links/next.png", join(folder.path, "chain.png"));
  await Deno.symlink("../closed/in.png", join(folder.path, "links/next.png"));
  await Deno.symlink("open.png", join(folder.path, "alias.png"));
  const names = ["open", "own", "closed/in", "chain", "alias"];
  const runners = [{ uid: 54_321, gid: 54_321 }];
  const { errors, warnings } = await check(folder, names, { runners });
  assert.equal(errors.total, 0);
  assert.deepEqual(
    warnings.listed.map(({ code, image }) => [code, image]),
    ["own", "closed/in", "chain"].map((image) => ["image_closed", image]),
  );
  assert.match(warnings.listed.at(-1)!.message, /the folder closed has mode 0700/);
  const asked = await check(folder, names, {
    runners,
    askKernel: () => Promise.resolve(new Set(["alias.png"])),
  });
  assert.deepEqual(asked.warnings.listed.map(({ image }) => image), ["alias"]);
});

Deno.test("checkImages: a pipe is refused and not waited for", async () => {
  await using folder = await makeFolder();
  const made = await new Deno.Command("/usr/bin/mkfifo", { args: [join(folder.path, "pipe.png")] })
    .output();
  assert.ok(made.success);
  assert.deepEqual(await codes(folder, "pipe", "header"), ["image_unreadable"]);
});

Deno.test("checkImages: begun anew or taken up in the middle, the result is the same", async () => {
  await using folder = await makeFolder();
  await folder.put("good", good);
  const names = Array.from({ length: 700 }, (_, index) => index % 3 === 0 ? "good" : `n${index}`);
  const states: ImagesCheck[] = [];
  const whole = await check(folder, names, {
    onBlock: (state) => Promise.resolve(void states.push(state)),
  });
  assert.deepEqual(states.map(({ images }) => images), [256, 512, 700]);
  for (const from of [null, ...states]) {
    assert.deepEqual(await check(folder, names, { from }), whole);
  }
  const stored = JSON.parse(JSON.stringify(states[0]));
  assert.deepEqual(await check(folder, names, { from: stored }), whole, "as JSON keeps it");
  const byPixels = await check(folder, names, { check: "pixels" });
  assert.equal(byPixels.digest, whole.digest, "the digest does not depend on the check");
  const abort = new AbortController();
  abort.abort();
  await assert.rejects(check(folder, names, { signal: abort.signal }), { name: "AbortError" });
});

Deno.test("checkImages: a wrong folder's faults are counted, and a part of them listed", async () => {
  await using folder = await makeFolder();
  const names = Array.from({ length: FAULTS_LISTED_MAX + 500 }, (_, index) => `n${index}`);
  const { errors, images } = await check(folder, names);
  assert.equal(images, names.length);
  assert.equal(errors.total, names.length);
  assert.equal(errors.listed.length, FAULTS_LISTED_MAX);
});

Deno.test("checkImages: the digest changes with a file's content, size or name", async () => {
  await using folder = await makeFolder();
  const digests: string[] = [];
  for (const bytes of [good, png({ pixel: (x, y) => 1000 + x * y }), concat([good, good])]) {
    await folder.put("a", bytes);
    await folder.put("b", bytes);
    digests.push((await check(folder, ["a"])).digest, (await check(folder, ["b"])).digest);
  }
  assert.equal(new Set(digests).size, 6);
});

Deno.test("imagePlaces: each image once, where it is named first", () => {
  const images = (left: string[], right: string[]): Record<string, string[]> => ({
    "L-CC": left,
    "R-CC": right,
    "L-MLO": [],
    "R-MLO": [],
  });
  const exams = [
    { id: "x", images: images(["a"], ["b", "a"]) },
    { id: "y", images: images(["b"], ["c"]) },
  ] as unknown as Parameters<typeof imagePlaces>[0];
  assert.deepEqual(imagePlaces(exams), [
    { exam: "x", view: "L-CC", image: "a" },
    { exam: "x", view: "R-CC", image: "b" },
    { exam: "y", view: "R-CC", image: "c" },
  ]);
});

/** PNGs of every kind that pypng writes. */
const PYPNG = `
import png, sys
W = H = 256
noise = [[(x * 7919 + y * 104729) % 9973 + 20000 for x in range(W)] for y in range(H)]
def save(name, rows, **how):
    with open(sys.argv[1] + "/" + name + ".png", "wb") as file:
        png.Writer(W, H, **how).write(file, rows)
save("grey16", noise, greyscale=True, bitdepth=16)
save("interlaced", noise, greyscale=True, bitdepth=16, interlace=True)
save("many_chunks", noise, greyscale=True, bitdepth=16, chunk_limit=1024)
save("grey12", [[v >> 4 for v in row] for row in noise], greyscale=True, bitdepth=12)
save("grey8", [[v >> 8 for v in row] for row in noise], greyscale=True, bitdepth=8)
save("grey1", [[v & 1 for v in row] for row in noise], greyscale=True, bitdepth=1)
save("rgb16", [[v for v in row for _ in range(3)] for row in noise], greyscale=False, bitdepth=16)
save("alpha16", [[v for v in row for _ in range(2)] for row in noise], greyscale=True, alpha=True, bitdepth=16)
save("palette", [[v % 4 for v in row] for row in noise], palette=[(i, i, i) for i in range(4)], bitdepth=8)
save("constant", [[7] * W for _ in range(H)], greyscale=True, bitdepth=16)
`;

Deno.test({
  name: "checkImages: files that pypng writes, as the metarepository's snippet does",
  ignore: !works(PYTHON, ["-c", "import png"]),
  fn: async () => {
    await using folder = await makeFolder();
    const { success, stderr } = await new Deno.Command(PYTHON, {
      args: ["-c", PYPNG, folder.path],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const expected: Record<string, string[]> = {
      grey16: [],
      interlaced: ["image_interlaced"],
      many_chunks: [],
      grey12: [],
      grey8: ["image_not_16_bit"],
      grey1: ["image_not_16_bit"],
      rgb16: ["image_not_grey"],
      alpha16: ["image_not_grey"],
      palette: ["image_not_grey"],
      constant: ["image_constant"],
    };
    for (const [name, faults] of Object.entries(expected)) {
      assert.deepEqual(await codes(folder, name, "header"), faults, `${name} by header`);
      assert.deepEqual(await codes(folder, name, "pixels"), faults, `${name} by pixels`);
    }
  },
});

Deno.test("checkImages: files that libvips writes, with every filter", async () => {
  await using folder = await makeFolder();
  const pixels = Uint16Array.from(
    { length: SIDE * SIDE },
    (_, index) => 20_000 + (index * 7919) % 9973,
  );
  const raw = sharp(pixels as unknown as Uint8Array, {
    raw: { width: SIDE, height: SIDE, channels: 1 },
  }).toColourspace("grey16");
  for (const options of [{}, { adaptiveFiltering: true }, { compressionLevel: 0 }]) {
    await folder.put("sharp", await raw.clone().png(options).toBuffer());
    for (const how of ["header", "pixels"] as const) {
      assert.deepEqual(await codes(folder, "sharp", how), [], JSON.stringify(options));
    }
  }
  await folder.put("progressive", await raw.clone().png({ progressive: true }).toBuffer());
  assert.deepEqual(await codes(folder, "progressive", "pixels"), ["image_interlaced"]);
});
