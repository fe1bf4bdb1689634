import assert from "node:assert/strict";
import { join } from "node:path";
import { greysOf } from "../../services/ingestion/dicom/convert_image.ts";
import { DicomRefused } from "../../services/ingestion/dicom/dicom_refused.ts";
import { joinFragments } from "../../services/ingestion/dicom/decode_pixels.ts";
import { readDicomFile } from "../../services/ingestion/dicom/read_dicom_file.ts";
import { TAGS } from "../../services/ingestion/dicom/tags.ts";
import { dicomFile, type FileParts } from "../support/ingestion/dicom_files.ts";
import {
  element,
  elementHead,
  item,
  UNDEFINED_LENGTH,
} from "../support/ingestion/write_data_set.ts";
import { joinBytes } from "../../shared/format/mod.ts";
import { hasDicomTools } from "../support/tools.ts";

const [ROWS, COLUMNS] = [96, 128];

/** A way to pack pixels, and the programs that unpack them. */
interface Packing {
  readonly syntax: string;
  readonly bits: 8 | 12;
  readonly encoder: readonly string[];
  readonly decoder: string;
}

const PACKINGS: Readonly<Record<string, Packing>> = {
  "JPEG lossless": {
    syntax: "1.2.840.10008.1.2.4.70",
    bits: 12,
    encoder: ["dcmcjpeg", "+e1"],
    decoder: "dcmdjpeg",
  },
  "JPEG lossless, selection value 6": {
    syntax: "1.2.840.10008.1.2.4.57",
    bits: 12,
    encoder: ["dcmcjpeg", "+el", "+sv", "6"],
    decoder: "dcmdjpeg",
  },
  "JPEG-LS": {
    syntax: "1.2.840.10008.1.2.4.80",
    bits: 12,
    encoder: ["dcmcjpls"],
    decoder: "dcmdjpls",
  },
  "JPEG 2000": {
    syntax: "1.2.840.10008.1.2.4.90",
    bits: 12,
    encoder: ["gdcmconv", "--j2k"],
    decoder: "dcmdjpeg",
  },
  "JPEG lossless, 8 bits, point transform": {
    syntax: "1.2.840.10008.1.2.4.57",
    bits: 8,
    encoder: ["dcmcjpeg", "+el", "+sv", "4", "+pt", "1"],
    decoder: "dcmdjpeg",
  },
  "RLE": { syntax: "1.2.840.10008.1.2.5", bits: 12, encoder: ["dcmcrle"], decoder: "dcmdrle" },
  "JPEG baseline": {
    syntax: "1.2.840.10008.1.2.4.50",
    bits: 8,
    encoder: ["dcmcjpeg", "+eb"],
    decoder: "dcmdjpeg",
  },
  "JPEG extended": {
    syntax: "1.2.840.10008.1.2.4.51",
    bits: 12,
    encoder: ["dcmcjpeg", "+ee"],
    decoder: "dcmdjpeg",
  },
};

type Damage = (stream: Uint8Array) => Uint8Array;

function cut(share: number): Damage {
  return (stream) => stream.slice(0, 2 * Math.floor(stream.length * share / 2));
}

/** Damage that no format can hide: bytes are missing. */
const MISSING: Readonly<Record<string, Damage>> = {
  "cut at 50 %": cut(0.5),
  "cut at 90 %": cut(0.9),
  "cut at 99 %": cut(0.99),
  "cut at 60 %, with an end marker": (stream) =>
    joinBytes([cut(0.6)(stream), Uint8Array.of(0xff, 0xd9)]),
  "a lost fragment in the middle": (stream) =>
    joinBytes([cut(0.4)(stream), stream.slice(2 * Math.floor(0.25 * stream.length))]),
};
/** Damage that a format can hide: a single wrong code may cost one pixel and no more. */
const CHANGED: Readonly<Record<string, Damage>> = {
  "100 bytes of zeros": (stream) => {
    const damaged = stream.slice();
    damaged.fill(0, stream.length >> 1, (stream.length >> 1) + 100);
    return damaged;
  },
  ...Object.fromEntries([0.3, 0.5, 0.7, 0.9].map((share): [string, Damage] => [
    `a flipped byte at ${100 * share} %`,
    (stream) => {
      const damaged = stream.slice();
      damaged[Math.floor(share * stream.length)]! ^= 0x55;
      return damaged;
    },
  ])),
};

/** A bright ellipse with noise on black, as mammograms are. */
function cellsOf(bits: number): Uint8Array {
  let state = 1;
  const cells = Array.from({ length: ROWS * COLUMNS }, (_, index) => {
    const [y, x] = [Math.floor(index / COLUMNS) / ROWS - 0.5, index % COLUMNS / COLUMNS];
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const inside = 4 * y * y + x * x < 0.8;
    return inside ? Math.floor((0.4 + 0.4 * (1 - x) + 0.02 * state / 2 ** 31) * 2 ** bits) : 0;
  });
  return bits === 8 ? Uint8Array.from(cells) : new Uint8Array(Uint16Array.from(cells).buffer);
}

function partsOf({ bits }: Packing): FileParts {
  const allocated = bits === 8 ? 8 : 16;
  return {
    rows: ROWS,
    columns: COLUMNS,
    numbers: { BitsAllocated: allocated, BitsStored: bits, HighBit: bits - 1 },
  };
}

async function run(args: readonly string[]): Promise<boolean> {
  const [program, ...others] = args;
  const output = await new Deno.Command(program!, { args: others, stderr: "null" }).output();
  return output.success;
}

async function streamOf(packing: Packing, folder: string): Promise<Uint8Array> {
  const path = join(folder, "plain.dcm");
  const packed = join(folder, "packed.dcm");
  const pixels = element(TAGS.PixelData, packing.bits === 8 ? "OB" : "OW", cellsOf(packing.bits));
  await Deno.writeFile(path, dicomFile({ ...partsOf(packing), pixels }));
  assert.ok(await run([...packing.encoder, path, packed]), packing.encoder.join(" "));
  const bytes = await Deno.readFile(packed);
  return joinFragments(bytes, readDicomFile(bytes, bytes.length).pixels!.offset);
}

function packedFile(packing: Packing, stream: Uint8Array): Uint8Array {
  const even = new Uint8Array(stream.length + stream.length % 2);
  even.set(stream);
  const pixels = joinBytes([
    elementHead(TAGS.PixelData, "OB", UNDEFINED_LENGTH),
    item(0xe000),
    item(0xe000, even),
    item(0xe0dd),
  ]);
  return dicomFile({ ...partsOf(packing), transferSyntax: packing.syntax, pixels });
}

/** The greys; null when the file is refused. */
async function decoded(packing: Packing, stream: Uint8Array): Promise<Uint16Array | null> {
  try {
    return (await greysOf(packedFile(packing, stream))).greys;
  } catch (error) {
    assert.ok(error instanceof DicomRefused, String(error));
    return null;
  }
}

async function othersAccept(
  packing: Packing,
  stream: Uint8Array,
  folder: string,
): Promise<boolean> {
  const path = join(folder, "damaged.dcm");
  await Deno.writeFile(path, packedFile(packing, stream));
  const target = join(folder, "raw.dcm");
  return packing.syntax.endsWith(".90")
    ? await run(["gdcmconv", "--raw", path, target])
    : await run([packing.decoder, path, target]) && await run(["gdcmconv", "--raw", path, target]);
}

for (const [name, packing] of Object.entries(PACKINGS)) {
  Deno.test({
    name: `damaged pixels are refused, ${name}: what misses bytes, and what other decoders refuse`,
    ignore: !hasDicomTools(),
    async fn(): Promise<void> {
      const folder = await Deno.makeTempDir({ prefix: "mammoeval-test-damaged-" });
      try {
        const stream = await streamOf(packing, folder);
        const whole = await decoded(packing, stream);
        assert.ok(whole !== null, "the sound stream is taken");
        for (const [damage, apply] of Object.entries(MISSING)) {
          assert.ok(await decoded(packing, apply(stream)) === null, damage);
        }
        for (const [damage, apply] of Object.entries(CHANGED)) {
          const damaged = apply(stream);
          if (await decoded(packing, damaged) === null) continue;
          assert.ok(await othersAccept(packing, damaged, folder), damage);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
