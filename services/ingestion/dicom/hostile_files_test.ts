import fc from "fast-check";
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { DICOM_DEPTH_MAX, DICOM_ELEMENTS_MAX } from "../../../shared/limits.ts";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { greysOf } from "./convert_image.ts";
import { DicomRefused, type RefusalCode } from "./dicom_refused.ts";
import { NeedsMoreBytes } from "./read_data_set.ts";
import { readDicomFile } from "./read_dicom_file.ts";
import { TAGS } from "./tags.ts";
import { dicomFile } from "../../../tests/support/ingestion/dicom_files.ts";
import {
  ascii,
  element,
  elementHead,
  fileStart,
  item,
  number16,
  number32,
  UNDEFINED_LENGTH,
} from "../../../tests/support/ingestion/write_data_set.ts";

/** Encapsulated pixels with one fragment. */
function encapsulated(stream: Uint8Array): Uint8Array {
  return joinBytes([
    elementHead(TAGS.PixelData, "OB", UNDEFINED_LENGTH),
    item(0xe000),
    item(0xe000, stream),
    item(0xe0dd),
  ]);
}

/** A JPEG stream with only a frame header. */
function jpegFrame(process: number, rows: number, columns: number): Uint8Array {
  const big = (value: number): number[] => [value >> 8, value & 0xff];
  return Uint8Array.of(
    ...[0xff, 0xd8, 0xff, process, 0, 11, 12, ...big(rows), ...big(columns), 1, 1, 0x11, 0],
    ...[0xff, 0xd9],
  );
}

/** A JPEG 2000 stream with only a size. */
function jpeg2000Size(rows: number, columns: number): Uint8Array {
  const bytes = new Uint8Array(60);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xff4fff51);
  view.setUint16(4, 41);
  view.setUint32(8, columns);
  view.setUint32(12, rows);
  view.setUint32(24, columns);
  view.setUint32(28, rows);
  view.setUint16(40, 1);
  bytes.set([11, 1, 1], 42);
  return bytes;
}

function nested(depth: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array();
  for (let level = 0; level < depth; level++) {
    const head = elementHead(0x00089215, "SQ", UNDEFINED_LENGTH);
    inner = joinBytes([head, item(0xe000, inner), item(0xe0dd)]);
  }
  return inner;
}

const JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_2000 = "1.2.840.10008.1.2.4.90";
const JPEG = "1.2.840.10008.1.2.4.50";
const RLE = "1.2.840.10008.1.2.5";
const DEFLATED = "1.2.840.10008.1.2.1.99";

const HOSTILE: readonly (readonly [name: string, RefusalCode, () => Uint8Array])[] = [
  ["nothing", "dicom_not_dicom", () => new Uint8Array()],
  ["a text", "dicom_not_dicom", () => ascii("hello".repeat(100))],
  ["a preamble only", "dicom_pixels_unsupported", () => dicomFile().slice(0, 132)],
  ["no pixels", "dicom_no_pixels", () => dicomFile({ pixels: null })],
  ["half the pixels", "dicom_truncated", () => dicomFile().slice(0, -16)],
  [
    "a length beyond the file",
    "dicom_truncated",
    () => dicomFile({ further: elementHead(0x00104000, "UN", 0x7fffffff) }),
  ],
  [
    "a text of interest beyond the file",
    "dicom_truncated",
    () => dicomFile({ pixels: elementHead(TAGS.WindowCenter, "DS", 0xffff) }),
  ],
  [
    "65535 x 65535 pixels of nothing",
    "dicom_too_large",
    () => dicomFile({ numbers: { Rows: 65535, Columns: 65535 } }),
  ],
  ["no rows", "dicom_pixels_unsupported", () => dicomFile({ numbers: { Rows: 0 } })],
  [
    "more bits than there is room",
    "dicom_pixels_unsupported",
    () => dicomFile({ numbers: { BitsStored: 17 } }),
  ],
  [
    "12 bits allocated",
    "dicom_pixels_unsupported",
    () => dicomFile({ numbers: { BitsAllocated: 12 } }),
  ],
  ["colours", "dicom_pixels_unsupported", () => dicomFile({ numbers: { SamplesPerPixel: 3 } })],
  [
    "a million frames",
    "dicom_pixels_unsupported",
    () => dicomFile({ texts: { NumberOfFrames: "1000000" } }),
  ],
  [
    "sequences without end",
    "dicom_unreadable",
    () => dicomFile({ further: nested(DICOM_DEPTH_MAX + 1) }),
  ],
  [
    "an element too many",
    "dicom_unreadable",
    () => {
      const one = element(0x00190010, "LO", new Uint8Array());
      const many = new Uint8Array(one.length * (DICOM_ELEMENTS_MAX + 1));
      for (let at = 0; at < many.length; at += one.length) many.set(one, at);
      return dicomFile({ further: many });
    },
  ],
  [
    "a VR that is none",
    "dicom_unreadable",
    () =>
      dicomFile({ further: joinBytes([number16(8), number16(9), ascii("??"), number16(0xffff)]) }),
  ],
  [
    "a deflate bomb",
    "dicom_too_large",
    () =>
      joinBytes([fileStart(DEFLATED), deflateRawSync(new Uint8Array(401_000_000), { level: 1 })]),
  ],
  [
    "deflate that is none",
    "dicom_truncated",
    () => joinBytes([fileStart(DEFLATED), ascii("not deflated at all")]),
  ],
  [
    "compressed pixels with a length",
    "dicom_unreadable",
    () => dicomFile({ transferSyntax: JPEG_2000 }),
  ],
  [
    "fragments where nothing is compressed",
    "dicom_unreadable",
    () => dicomFile({ pixels: encapsulated(new Uint8Array(32)) }),
  ],
  [
    "a rescale slope of zero",
    "dicom_voi_invalid",
    () => dicomFile({ texts: { RescaleSlope: "0", RescaleIntercept: "0" } }),
  ],
  [
    "a VOI LUT function of its own",
    "dicom_voi_invalid",
    () =>
      dicomFile({
        texts: { WindowCenter: "1", WindowWidth: "9", VOILUTFunction: "MAGIC" },
      }),
  ],
  [
    "a LUT without entries",
    "dicom_voi_invalid",
    () => {
      const values = joinBytes([number16(100), number16(0), number16(12)]);
      const lut = item(0xe000, element(TAGS.LUTDescriptor, "US", values));
      return dicomFile({
        further: joinBytes([elementHead(TAGS.VOILUTSequence, "SQ", lut.length), lut]),
      });
    },
  ],
  ...[
    [JPEG_LOSSLESS, jpegFrame(0xc3, 60000, 60000)] as const,
    [JPEG_LS, jpegFrame(0xf7, 60000, 60000)] as const,
    [JPEG, jpegFrame(0xc0, 60000, 60000)] as const,
    [JPEG_2000, jpeg2000Size(60000, 60000)] as const,
    [JPEG, jpegFrame(0xc3, 4, 4)] as const,
  ].map(([transferSyntax, stream], index): typeof HOSTILE[number] => [
    `compressed pixels that are others than the header says, ${index}`,
    "dicom_unreadable",
    () => dicomFile({ transferSyntax, pixels: encapsulated(stream) }),
  ]),
  ...[
    [JPEG_LOSSLESS, jpegFrame(0xc3, 4, 4)] as const,
    [JPEG_LS, jpegFrame(0xf7, 4, 4)] as const,
  ].map(([transferSyntax, stream], index): typeof HOSTILE[number] => [
    `compressed pixels that end after their header, ${index}`,
    "dicom_decoder_failed",
    () => dicomFile({ transferSyntax, pixels: encapsulated(stream) }),
  ]),
  [
    "a JPEG 2000 image of no tiles",
    "dicom_truncated",
    () => dicomFile({ transferSyntax: JPEG_2000, pixels: encapsulated(jpeg2000Size(4, 4)) }),
  ],
  [
    "RLE that runs out",
    "dicom_truncated",
    () =>
      dicomFile({
        transferSyntax: RLE,
        pixels: encapsulated(
          joinBytes([number32(2), number32(64), number32(65), new Uint8Array(54)]),
        ),
      }),
  ],
  [
    "RLE with segments outside",
    "dicom_truncated",
    () =>
      dicomFile({
        transferSyntax: RLE,
        pixels: encapsulated(
          joinBytes([number32(2), number32(0x7fffffff), number32(0xfffffff0), new Uint8Array(52)]),
        ),
      }),
  ],
];

for (const [name, code, make] of HOSTILE) {
  Deno.test(`hostile DICOM: ${name}`, async () => {
    await assert.rejects(greysOf(make()), (error) => {
      assert.ok(error instanceof DicomRefused, String(error));
      assert.equal(error.code, code, error.message);
      return true;
    });
  });
}

Deno.test("a file that is cut anywhere is refused, and read from its beginning alike", async () => {
  const file = dicomFile({ further: nested(2) });
  for (let length = 0; length < file.length; length++) {
    const cut = file.slice(0, length);
    await assert.rejects(greysOf(cut), DicomRefused, `${length} bytes`);
    // Given the size of the whole file, the beginning is enough or needs more bytes.
    try {
      assert.ok(readDicomFile(cut, file.length).pixels !== null, `${length} bytes`);
    } catch (error) {
      assert.ok(error instanceof NeedsMoreBytes || error instanceof DicomRefused);
      if (error instanceof DicomRefused) assert.ok(length < 132, `${length}: ${error.message}`);
    }
  }
});

Deno.test("flipped bytes give greys or a refusal, never anything else", async () => {
  const further = nested(3);
  const files = [
    explicitFile(further),
    ...[JPEG_LOSSLESS, JPEG_LS, JPEG_2000, JPEG, RLE].map(
      (transferSyntax) =>
        dicomFile({
          transferSyntax,
          further,
          pixels: encapsulated(
            transferSyntax === JPEG_2000 ? jpeg2000Size(4, 4) : jpegFrame(0xc3, 4, 4),
          ),
        }),
    ),
  ];
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), flips, async (file, changes) => {
      const bytes = file.slice();
      // After the prefix: otherwise nothing would be read.
      for (const [place, value] of changes) bytes[132 + place % (bytes.length - 132)] = value;
      await greysOf(bytes).then(
        ({ greys, width, height }) => assert.equal(greys.length, width * height),
        (error) => assert.ok(error instanceof DicomRefused, String(error)),
      );
    }),
    { numRuns: 2000 },
  );
});

function explicitFile(further: Uint8Array): Uint8Array<ArrayBuffer> {
  return dicomFile({ further, texts: { WindowCenter: "100", WindowWidth: "200" } });
}
