import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { PYTHON, works } from "../../tests/support/tools.ts";
import { createImageIntake } from "./image_intake.ts";
import { concat, tar, u32, zip } from "../../tests/support/ingestion/archives.ts";
import { unpackArchive } from "./unpack_archive.ts";

const PNG = new TextEncoder().encode("what a PNG holds does not matter here");
const LINK = 0o120777;
const DEVICE = 0o020644;

/** Unpacks into a new folder; returns its files, or what was thrown. */
async function unpack(
  fileName: string,
  content: Uint8Array,
  bytesMax?: number,
): Promise<{ files: string[]; refusal: string | null }> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-unpack-" });
  try {
    const images = join(folder, "images");
    await Deno.mkdir(images);
    const intake = createImageIntake(images, bytesMax === undefined ? {} : { bytesMax });
    const chunks = Array.from(
      { length: Math.ceil(content.length / 1000) },
      (_, index) => content.subarray(index * 1000, (index + 1) * 1000),
    );
    const refusal = await unpackArchive(Readable.from(chunks), fileName, {
      intake,
      scratch: join(folder, "scratch"),
    }).then(() => null, (error) => `${error.name}: ${error.message}`);
    const outside = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(outside.filter((name) => name !== "images" && name !== "scratch"), []);
    return { files: filesBelow(images).sort(), refusal };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function filesBelow(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(join(folder, name), `${prefix}${name}/`) : [prefix + name]
  );
}

const ENTRIES = [
  { name: "images/" },
  { name: "images/a.png", content: PNG },
  { name: "images/sub/b.PNG", content: PNG },
  { name: "images/ä.png", content: PNG },
  { name: "__MACOSX/._a.png", content: PNG },
  { name: "images/.DS_Store", content: PNG },
  { name: "notes.txt", content: PNG },
];
const TAKEN = ["images/a.png", "images/sub/b.png", "images/ä.png"];
const folderAware = ENTRIES.map((entry) =>
  entry.content === undefined ? { ...entry, type: "5" } : entry
);

Deno.test("unpackArchive: takes the PNGs of zip, tar and tar.gz, whatever lies beside them", async () => {
  const archives: [string, Uint8Array][] = [
    ["a.zip", zip(ENTRIES)],
    ["a.ZIP", zip(ENTRIES.map((entry) => ({ ...entry, method: 0 })))],
    ["a.tar", tar(folderAware)],
    ["a.tar", tar(folderAware.map((entry) => ({ ...entry, name: `./${entry.name}` })))],
    ["a.tar.gz", gzipSync(tar(folderAware))],
    ["a.tgz", gzipSync(tar(folderAware, 20))],
  ];
  for (const [name, content] of archives) {
    assert.deepEqual(await unpack(name, content), { files: TAKEN, refusal: null }, name);
  }
});

Deno.test("unpackArchive: archives of real tools", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-tools-" });
  await Deno.mkdir(join(folder, "images/sub"), { recursive: true });
  for (const name of TAKEN) await Deno.writeFile(join(folder, name), PNG);
  const python = (mode: string): string =>
    `import sys,os,zipfile\nz=zipfile.ZipFile('python.zip','w',zipfile.ZIP_${mode},allowZip64=True)\n` +
    `[z.open(zipfile.ZipInfo(n),'w',force_zip64=True).write(open(n,'rb').read()) for n in ${
      JSON.stringify(TAKEN)
    }]\nz.close()`;
  const tools: [string, string, string[]][] = [
    ["gnu.tar", "/usr/bin/tar", ["-cf", "gnu.tar", "images"]],
    ["pax.tar.gz", "/usr/bin/tar", ["--format=pax", "-czf", "pax.tar.gz", "images"]],
    ["python.zip", PYTHON, ["-c", python("DEFLATED")]],
    ["python.zip", PYTHON, ["-c", python("STORED")]],
  ];
  for (const [archive, program, args] of tools) {
    await t.step({
      name: `${archive} ${args[0]}`,
      ignore: !works(program, ["--version"]),
      fn: async () => {
        const { success, stderr } = await new Deno.Command(program, { args, cwd: folder }).output();
        assert.ok(success, new TextDecoder().decode(stderr));
        const content = await Deno.readFile(join(folder, archive));
        assert.deepEqual(await unpack(archive, content), { files: TAKEN, refusal: null });
      },
    });
  }
  await Deno.remove(folder, { recursive: true });
});

const BAD_NAMES: [string, RegExp][] = [
  ["/etc/a.png", /absolute/],
  ["C:/a.png", /absolute/],
  ["../a.png", /leaves the archive|relative path/],
  ["a/../../b.png", /leaves the archive|relative path/],
  ["a\nb.png", /control character/],
  ["a//b.png", /empty component/],
  ["a/./b.png", /empty component/],
  ["x".repeat(90) + "/../y.png", /leaves the archive|relative path/],
  ["more.zip", /archive itself/],
  ["inner/more.tar.gz", /archive itself/],
];

Deno.test("unpackArchive: refuses names that must not be, in zip and tar, also of folders", async () => {
  for (const [name, reason] of BAD_NAMES) {
    const entries = [{ name: "good.png", content: PNG }, { name, content: PNG }];
    for (const [file, content] of [["a.zip", zip(entries)], ["a.tar", tar(entries)]] as const) {
      const { refusal } = await unpack(file, content);
      assert.match(refusal ?? "accepted", /^UploadRefused: /, `${file} ${name}`);
      assert.match(refusal ?? "accepted", reason, `${file} ${name}`);
    }
  }
  const folder = await unpack("a.tar", tar([{ name: "../up/", type: "5" }]));
  assert.match(folder.refusal ?? "accepted", /leaves the archive/);
  const zipped = await unpack("a.zip", zip([{ name: "/up/" }]));
  assert.match(zipped.refusal ?? "accepted", /absolute/);
});

Deno.test("unpackArchive: backslashes divide folders in a zip, as PowerShell 5 writes it, and in no tar", async () => {
  const entries = [{ name: "x\\a.png", content: PNG }, { name: "./b.PNG", content: PNG }];
  assert.deepEqual((await unpack("a.zip", zip(entries))).files, ["b.png", "x/a.png"]);
  assert.match((await unpack("a.tar", tar(entries))).refusal ?? "accepted", /backslash/);
});

const CLASHES: [string[], RegExp][] = [
  [["a.png", "a.png"], /"a.png" is repeated/],
  [["a.png", "A.png"], /"a.png" and "A.png" differ only by case/],
  [["x/a.png", "X/b.png"], /"x" and "X" differ only by case/],
  [["a.png", "a.png/b.png"], /a file and a folder/],
  [["a.png/b.png", "a.png"], /a file and a folder/],
  [["\u00e4.png", "a\u0308.png"], /differ only by case/],
];

Deno.test("unpackArchive: refuses names that one file system or another takes for one", async () => {
  for (const [names, reason] of CLASHES) {
    const entries = names.map((name) => ({ name, content: PNG }));
    for (const [file, content] of [["a.zip", zip(entries)], ["a.tar", tar(entries)]] as const) {
      const { refusal } = await unpack(file, content);
      assert.match(refusal ?? "accepted", reason, `${file} ${names}`);
    }
  }
});

Deno.test("unpackArchive: refuses what is no regular file", async () => {
  const kinds: [string, RegExp][] = [
    ...["1", "2"].map((type): [string, RegExp] => [type, /is a link/]),
    ...["3", "4", "6", "S", "Z"].map((type): [string, RegExp] => [type, /is no file/]),
  ];
  for (const [type, reason] of kinds) {
    const { refusal, files } = await unpack(
      "a.tar",
      tar([{ name: "a.png", type, link: "/etc/passwd" }]),
    );
    assert.match(refusal ?? "accepted", reason, type);
    assert.deepEqual(files, []);
  }
  for (const mode of [LINK, DEVICE, 0o010644, 0o140644]) {
    const { refusal, files } = await unpack("a.zip", zip([{ name: "a.png", content: PNG, mode }]));
    assert.match(refusal ?? "accepted", /link or a device/);
    assert.deepEqual(files, []);
  }
});

Deno.test("unpackArchive: a zip is refused before a file of it is written", async () => {
  const good = { name: "a.png", content: PNG };
  const zeros = new Uint8Array(70 * 1024 * 1024);
  const locator = (offset: number): Uint8Array =>
    Uint8Array.from([0x50, 0x4b, 6, 7, ...u32(0), ...u32(offset), ...u32(0), ...u32(1)]);
  const zip64 = (...numbers: number[]): Uint8Array =>
    Uint8Array.from([1, 0, numbers.length * 4, 0, ...numbers.flatMap(u32)]);
  const refused: [string, Uint8Array, RegExp][] = [
    ["encrypted", zip([good, { name: "b.png", content: PNG, flags: 1 }]), /encrypted/],
    ["strongly encrypted", zip([good, { name: "b.png", flags: 0x41 }]), /encrypt/],
    ["masked directory", zip([good, { name: "b.png", flags: 1 << 13 }]), /encrypted/],
    ["another method", zip([good, { name: "b.png", content: PNG, method: 14 }]), /method 14/],
    ["a bomb", zip([good, { name: "b.png", content: zeros }]), /over 100 times its size/],
    [
      "a bomb of many",
      zip(
        Array.from({ length: 3 }, (_, index) => ({
          name: `${index}.png`,
          content: zeros.subarray(0, 40 * 1024 * 1024),
        })),
      ),
      /it decompresses to over 100 times its size/,
    ],
    ["a lie of 4 GB", zip([good, { name: "b.png", content: PNG, size: 0xfffffffe }]), /100 times/],
    ["shared bytes", zip([good, { name: "b.png", content: PNG, sharesWith: 0 }]), /overlap/],
    ["more entries than told", zip([good, { name: "b.png" }], { entryCount: 3 }), /EOF/],
    ["65,535 entries told", zip([good], { entryCount: 0xffff }), /EOF|signature/],
    ["a second disk", zip([good], { disk: 1 }), /multi-disk/],
    ["a directory beyond its end", zip([good], { directoryOffset: 0x7fffffff }), /unpacked/],
    ["a zip64 end that is not there", zip([good], { before: locator(7) }), /zip64/],
    ["a zip64 end beyond the file", zip([good], { before: locator(0x7fffffff) }), /unpacked/],
    ["a zip64 size without its field", zip([good, { name: "b.png", size: 0xffffffff }]), /\d/],
    [
      "a zip64 field cut short",
      zip([
        { ...good, size: 0xffffffff, extra: zip64(5) },
      ]),
      /zip64|100 times/,
    ],
    [
      "a zip64 size of 8 EB",
      zip([
        { ...good, size: 0xffffffff, extra: zip64(0xffffffff, 0x7fffffff) },
      ]),
      /unpacked|decompresses/,
    ],
    ["text", new TextEncoder().encode("hello"), /unpacked/],
    ["nothing", new Uint8Array(0), /unpacked/],
  ];
  for (const [name, content, reason] of refused) {
    const { files, refusal } = await unpack("a.zip", content);
    assert.match(refusal ?? "accepted", /^UploadRefused: /, name);
    assert.match(refusal ?? "accepted", reason, name);
    assert.deepEqual(files, [], name);
  }
});

Deno.test("unpackArchive: what a zip tells in two places must be the same", async () => {
  const entry = { name: "a.png", content: PNG };
  const refused: [string, Uint8Array, RegExp][] = [
    ["name", zip([{ ...entry, local: { name: "b.png" } }]), /two places/],
    ["size", zip([{ ...entry, local: { size: 1 } }]), /two places/],
    ["check sum", zip([{ ...entry, local: { crc: 1 } }]), /two places/],
    ["content", zip([{ ...entry, crc: 1 }]), /checksum/],
    ["length, told too long", zip([{ ...entry, size: PNG.length + 1 }]), /not enough bytes/],
    ["length, told too short", zip([{ ...entry, size: PNG.length - 1 }]), /too many bytes/],
  ];
  for (const [name, content, reason] of refused) {
    const { refusal } = await unpack("a.zip", content);
    assert.match(refusal ?? "accepted", reason, name);
  }
});

Deno.test("unpackArchive: an archive cut off anywhere is refused", async () => {
  const entries = [{ name: "a.png", content: PNG }, { name: "b.png", content: PNG }];
  const whole: [string, Uint8Array][] = [
    ["a.zip", zip(entries)],
    ["a.tar", tar(entries)],
    ["a.tar.gz", gzipSync(tar(entries))],
  ];
  for (const [name, content] of whole) {
    for (let length = 0; length < content.length; length += 13) {
      const { refusal } = await unpack(name, content.subarray(0, length));
      assert.match(refusal ?? "accepted", /^UploadRefused/, `${name} ${length}`);
    }
  }
  const { refusal } = await unpack("a.tar", tar(entries, 0));
  assert.match(refusal ?? "accepted", /no end mark/);
});

Deno.test("unpackArchive: bombs of gzip end early, and all files together have a bound", async () => {
  const zeros = new Uint8Array(80 * 1024 * 1024);
  const bomb = await unpack("a.tgz", gzipSync(tar([{ name: "a.png", content: zeros }])));
  assert.match(bomb.refusal ?? "accepted", /over 100 times its size/);
  const beside = await unpack("a.tgz", gzipSync(tar([{ name: "a.txt", content: zeros }])));
  assert.match(beside.refusal ?? "accepted", /over 100 times its size/, "also what is passed over");
  const entries = [{ name: "a.png", content: PNG }, { name: "b.png", content: PNG }];
  for (const [name, content] of [["a.zip", zip(entries)], ["a.tar", tar(entries)]] as const) {
    const { refusal } = await unpack(name, content, PNG.length * 2 - 1);
    assert.match(refusal ?? "accepted", /over \d+ bytes/);
  }
});

Deno.test("unpackArchive: a tar with a damaged header, and gzip that is none", async () => {
  const damaged = tar([{ name: "a.png", content: PNG }]);
  damaged[0] = 0x62;
  assert.match((await unpack("a.tar", damaged)).refusal ?? "", /corrupted|header/);
  assert.match((await unpack("a.tar.gz", damaged)).refusal ?? "", /header/);
  const twice = concat([gzipSync(tar([{ name: "a.png", content: PNG }])), PNG]);
  assert.match((await unpack("a.tar.gz", twice)).refusal ?? "accepted", /UploadRefused|accepted/);
});

Deno.test("unpackArchive: any bytes changed are unpacked inside or refused by name, never worse", async () => {
  const entries = [{ name: "a/b.png", content: PNG }, { name: "c.png", content: PNG }];
  const files: [string, Uint8Array<ArrayBuffer>][] = [
    ["a.zip", zip(entries)],
    ["a.tar", tar(entries)],
    ["a.tar.gz", new Uint8Array(gzipSync(tar(entries)))],
  ];
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0x2e, 0x2f, 0, 0xff)));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async ([name, whole], changes) => {
        const bytes = whole.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        // `unpack` checks that no file lies outside the images folder.
        const { refusal } = await unpack(name, bytes);
        assert.match(refusal ?? "UploadRefused", /^UploadRefused/);
      },
    ),
    { numRuns: 600, seed: 20260101 },
  );
});
