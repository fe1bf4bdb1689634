import assert from "node:assert/strict";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { dicomFile, type FileParts } from "../../../tests/support/ingestion/dicom_files.ts";
import { greysOf } from "./convert_image.ts";
import type { GreyImage } from "./convert_image.ts";
import { TAGS } from "./tags.ts";
import {
  element,
  elementHead,
  item,
  number16,
} from "../../../tests/support/ingestion/write_data_set.ts";

function greys(parts: FileParts): Promise<GreyImage> {
  return greysOf(dicomFile(parts));
}

function voiLut(first: number, bits: number, entries: readonly number[]): Uint8Array {
  const values = joinBytes([entries.length, first & 0xffff, bits].map(number16));
  const lut = item(
    0xe000,
    joinBytes([
      element(TAGS.LUTDescriptor, "US", values),
      element(TAGS.LUTData, "US", joinBytes(entries.map(number16))),
    ]),
  );
  return joinBytes([elementHead(TAGS.VOILUTSequence, "SQ", lut.length), lut]);
}

/** Cells from 0 in steps of 16: the file's default image. */
const CELLS = Array.from({ length: 16 }, (_, index) => index * 16);

Deno.test("VOI LUT: the first value is signed where the values that come in can be negative", async () => {
  const entries = Array.from({ length: 256 }, (_, index) => index * 16);
  const texts = { RescaleSlope: "1", RescaleIntercept: "-128" };
  const { greys: shown } = await greys({ texts, further: voiLut(-128, 12, entries) });
  assert.deepEqual([...shown], CELLS.map((cell) => Math.round(cell * 16 * 65535 / 4095)));
  const unsigned = await greys({ further: voiLut(40_000, 12, entries) });
  assert.deepEqual([...new Set(unsigned.greys)], [0], "40,000 is above all values");
});

Deno.test("VOI LUT: the depth is that of its entries where the descriptor contradicts them", async () => {
  const entries = Array.from({ length: 241 }, (_, index) => Math.round(index * 4095 / 240));
  const honest = await greys({ further: voiLut(0, 12, entries) });
  assert.deepEqual(honest.warnings, []);
  for (const told of [8, 16, 0]) {
    const { greys: shown, warnings } = await greys({ further: voiLut(0, told, entries) });
    assert.deepEqual(shown, honest.greys, `${told} bits`);
    assert.deepEqual(warnings.map(({ code }) => code), ["lut_depth_contradicted"]);
  }
});

Deno.test("VOI LUT: entries that fill fewer bits than told show that the descriptor is wrong", async () => {
  const entries = Array.from({ length: 241 }, (_, index) => Math.round(index * 2047 / 240));
  const { warnings } = await greys({ further: voiLut(0, 12, entries) });
  assert.deepEqual(warnings.map(({ code }) => code), ["lut_depth_contradicted"]);
  const dim = await greys({
    further: voiLut(0, 12, entries.map((entry) => Math.min(entry, 2000))),
  });
  assert.deepEqual(dim.warnings, [], "it may be meant");
});

Deno.test("padding becomes black, also beyond the bits stored", async () => {
  const cells = Uint16Array.from([65535, 4095, 100, ...new Array(13).fill(0)]);
  const pixels = element(TAGS.PixelData, "OW", new Uint8Array(cells.buffer));
  for (
    const [padding, greysOfCells] of [[65535, [0, 65535, 1600]], [100, [65535, 65535, 0]]] as const
  ) {
    const { greys: shown } = await greys({ pixels, numbers: { PixelPaddingValue: padding } });
    assert.deepEqual([...shown].slice(0, 3), greysOfCells, `${padding}`);
  }
});

Deno.test("windows: one without a use is passed over and named; a decimal comma is read", async () => {
  const plain = await greys({});
  const windowed = await greys({ texts: { WindowCenter: "100.5", WindowWidth: "300.0" } });
  const comma = await greys({ texts: { WindowCenter: "100,5", WindowWidth: "300,0" } });
  assert.deepEqual([comma.greys, comma.warnings], [windowed.greys, []]);
  for (const [centre, width] of [["1", "0"], ["wide", "very"], ["2000 HU", "-3000"], ["", "5"]]) {
    const { greys: shown, warnings } = await greys({
      texts: { WindowCenter: centre!, WindowWidth: width! },
    });
    assert.deepEqual(shown, plain.greys);
    assert.deepEqual(warnings.map(({ code }) => code), ["window_unusable"], `${centre} ${width}`);
  }
  const second = await greys({
    texts: { WindowCenter: "0\\100.5", WindowWidth: "0\\300.0" },
  });
  assert.deepEqual(second.greys, windowed.greys);
  assert.deepEqual(second.warnings.map(({ code }) => code), ["window_unusable"]);
});

Deno.test("values above the bits stored are white, and an overlay in the upper bits is not", async () => {
  const cells = Uint16Array.from([0, 4095, 4096, 8191, ...new Array(12).fill(0)]);
  const pixels = element(TAGS.PixelData, "OW", new Uint8Array(cells.buffer));
  assert.deepEqual([...(await greys({ pixels })).greys].slice(0, 4), [0, 65535, 65535, 65535]);
  const overlay = element(TAGS.OverlayBitPosition, "US", number16(12));
  const masked = await greys({ pixels, further: overlay });
  assert.deepEqual([...masked.greys].slice(0, 4), [0, 65535, 0, 65535]);
});

Deno.test("a high bit above cells that are numbers of the lower bits is passed over, as pydicom does", async () => {
  const picture = (cells: readonly number[]): FileParts => ({
    pixels: element(TAGS.PixelData, "OW", new Uint8Array(Uint16Array.from(cells).buffer)),
  });
  const right = Array.from({ length: 16 }, (_, index) => index * 255);
  const plain = await greys(picture(right));
  const told = await greys({ ...picture(right), numbers: { HighBit: 15 } });
  assert.deepEqual(told.greys, plain.greys);
  const left = await greys({
    ...picture(right.map((cell) => cell * 16)),
    numbers: { HighBit: 15 },
  });
  assert.deepEqual(left.greys, plain.greys, "cells at the upper end are shifted");
});
