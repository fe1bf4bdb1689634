import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { dicomFile, EXPLICIT } from "../../../tests/support/ingestion/dicom_files.ts";
import { greysOf } from "./convert_image.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readDicomFile } from "./read_dicom_file.ts";
import {
  ascii,
  element,
  elementHead,
  item,
  number16,
  number32,
  UNDEFINED_LENGTH,
} from "../../../tests/support/ingestion/write_data_set.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const SOUND = dicomFile();
/** Bytes of preamble, prefix and meta group. */
const META_END = 132 + 12 + 8 + EXPLICIT.length + EXPLICIT.length % 2;
/** A sequence that is not needed, and an element of an item in it. */
const SEQUENCE = 0x00081032;
const INNER = element(0x00080100, "SH", ascii("ab"));

function head(vr: string, length: number): Uint8Array {
  return joinBytes([number16(0x19), number16(0x10), ascii(vr), number16(length)]);
}

/** The same elements without VRs; the file must have none of over 64 KiB. */
function withoutVrs(explicit: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const view = new DataView(explicit.buffer, explicit.byteOffset, explicit.byteLength);
  for (let at = 0; at < explicit.length;) {
    const isLong = ["OW", "OB", "SQ", "UN"].includes(
      String.fromCharCode(explicit[at + 4]!, explicit[at + 5]!),
    );
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const start = at + (isLong ? 12 : 8);
    parts.push(
      joinBytes([
        explicit.slice(at, at + 4),
        number32(length),
        explicit.slice(start, start + length),
      ]),
    );
    at = start + length;
  }
  return joinBytes(parts);
}

function undefinedSequence(...content: Uint8Array[]): Uint8Array {
  return joinBytes([elementHead(SEQUENCE, "SQ", UNDEFINED_LENGTH), ...content]);
}

function withFurther(...further: Uint8Array[]): Uint8Array {
  return dicomFile({ further: joinBytes(further) });
}

const PIXELS = SOUND.slice(-12 - 2 * 16);
const body = SOUND.slice(META_END);
const meta = SOUND.slice(0, META_END);
const openItem = joinBytes([number16(0xfffe), number16(0xe000), number32(UNDEFINED_LENGTH)]);

/** Files that break the standard but have a clear meaning. */
const READ_ON: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["no preamble and no meta group", body],
  ["no preamble, no meta group, no VRs", withoutVrs(body)],
  ["no preamble and no prefix", SOUND.slice(132)],
  ["a prefix without a preamble", SOUND.slice(128)],
  ["packed by gzip", gzipSync(SOUND)],
  ["packed by gzip, without preamble and prefix", gzipSync(SOUND.slice(132))],
  ["packed by gzip, without meta group and VRs", gzipSync(withoutVrs(body))],
  ["no VRs under an explicit transfer syntax", joinBytes([meta, withoutVrs(body)])],
  ["VRs under the implicit transfer syntax", dicomFile({ transferSyntax: IMPLICIT })],
  ["no transfer syntax", joinBytes([SOUND.slice(0, 132), body])],
  ["no transfer syntax and no VRs", joinBytes([SOUND.slice(0, 132), withoutVrs(body)])],
  [
    "a meta group without VRs",
    joinBytes([SOUND.slice(0, 132), withoutVrs(SOUND.slice(132, META_END)), body]),
  ],
  [
    "a meta group of a wrong length",
    joinBytes([SOUND.slice(0, 140), number32(7), SOUND.slice(144)]),
  ],
  ["VR ??", withFurther(head("??", 4), ascii("INV "))],
  ["VR ?? with a long length", withFurther(head("??", 0), number32(4), ascii("INV "))],
  [
    "pixels with VR ??",
    dicomFile({ pixels: joinBytes([PIXELS.slice(0, 4), ascii("??"), PIXELS.slice(6)]) }),
  ],
  [
    "private sequences in a hundred levels",
    withFurther(
      ...new Array(100).fill(
        joinBytes([elementHead(0x00091010, "SQ", UNDEFINED_LENGTH), openItem]),
      ),
      ...new Array(100).fill(joinBytes([item(0xe00d), item(0xe0dd)])),
    ),
  ],
  [
    "VR ?? in the first element",
    joinBytes([meta, number16(8), number16(5), ascii("??"), number16(4), ascii("ISO "), body]),
  ],
  ["VR in lower case", withFurther(head("ox", 4), ascii("INV "))],
  [
    "VR of zeros, long length",
    withFurther(number16(0x19), number16(0x10), number32(4), ascii("INV ")),
  ],
  ["UN with a short length", withFurther(head("UN", 4), ascii("INV "))],
  ["a group length that is wrong", withFurther(element(0x00190000, "UL", number32(9999)))],
  ["an odd length", withFurther(head("LO", 5), ascii("abcde"))],
  [
    "UN of undefined length, explicit inside",
    withFurther(elementHead(0x00191010, "UN", UNDEFINED_LENGTH), item(0xe000, INNER), item(0xe0dd)),
  ],
  [
    "UN of undefined length, implicit inside",
    withFurther(
      elementHead(0x00191010, "UN", UNDEFINED_LENGTH),
      item(0xe000, withoutVrs(INNER)),
      item(0xe0dd),
    ),
  ],
  [
    "an item that a sequence's delimiter ends",
    withFurther(undefinedSequence(openItem, INNER, item(0xe0dd))),
  ],
  [
    "an item that the next item ends",
    withFurther(undefinedSequence(openItem, INNER, openItem, INNER, item(0xe0dd))),
  ],
  [
    "an item that says to be longer",
    withFurther(
      undefinedSequence(number16(0xfffe), number16(0xe000), number32(20), INNER, item(0xe0dd)),
    ),
  ],
  ["a sequence without its delimiter", withFurther(undefinedSequence(item(0xe000, INNER)))],
  [
    "a sequence of known length with a delimiter",
    withFurther(elementHead(SEQUENCE, "SQ", 8), item(0xe000), item(0xe0dd)),
  ],
  ["no frames", dicomFile({ texts: { NumberOfFrames: "0" } })],
  ["a high bit below the bits", dicomFile({ numbers: { HighBit: 3 } })],
  ["zeros behind the pixels", joinBytes([SOUND, new Uint8Array(512)])],
];

for (const [name, bytes] of READ_ON) {
  Deno.test(`DICOM that breaks the standard is read: ${name}`, async () => {
    const { greys } = await greysOf(SOUND);
    assert.deepEqual((await greysOf(bytes)).greys, greys);
  });
}

Deno.test("what begins like DICOM and tells nothing is no DICOM", () => {
  const others: readonly Uint8Array[] = [
    joinBytes([number16(8), number16(0), ascii("not at all".repeat(20))]),
    joinBytes([number16(2), new Uint8Array(200)]),
    gzipSync(ascii("name,label\n".repeat(50))),
    gzipSync(crypto.getRandomValues(new Uint8Array(9000))).slice(0, 8000),
    new Uint8Array(4096),
    ascii("<!DOCTYPE html><title>Log in</title>".repeat(10)),
    ascii("PK\u0003\u0004".repeat(100)),
  ];
  for (const [index, bytes] of others.entries()) {
    assert.throws(
      () => readDicomFile(bytes, bytes.length),
      (error) => error instanceof DicomRefused && error.code === "dicom_not_dicom",
      `${index}`,
    );
  }
});

Deno.test("an archive that gzip has packed is not read to its end for nothing", () => {
  const bytes = gzipSync(crypto.getRandomValues(new Uint8Array(60_000)));
  assert.throws(() => readDicomFile(bytes.slice(0, 1000), bytes.length), DicomRefused);
});
