import type { Cells } from "./codecs.ts";
import { decodePixels, refuseExtendedJpeg } from "./decode_pixels.ts";
import type { PixelLayout } from "./describe_pixels.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readDicomFile } from "./read_data_set.ts";
import { TAGS } from "./tags.ts";

const JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";
const UNDEFINED_LENGTH = 0xffffffff;

/**
 * Decodes 12-bit lossy JPEG with dcmtk's `dcmdjpeg`. What it is given through a pipe is a file made
 * for it, which holds the compressed pixels and their layout and nothing else: no name leaves here.
 *
 * @param stream JPEG of one component
 * @param layout how its pixels are stored
 * @returns its cells
 * @throws {DicomRefused} when the program is not installed, or cannot decode it
 */
export async function decodeWithDcmdjpeg(stream: Uint8Array, layout: PixelLayout): Promise<Cells> {
  const command = start();
  if (command === null) return await refuseExtendedJpeg();
  const writer = command.stdin.getWriter();
  // A decoder that gives up closes its input; how it ended is told by its exit code.
  const writing = writer.write(wrapped(stream, layout)).then(() => writer.close()).catch(() => {});
  const { success, stdout } = await command.output();
  await writing;
  if (!success) {
    throw new DicomRefused(
      "dicom_decoder_failed",
      "has pixels that dcmdjpeg cannot decode: it is damaged; export it again",
    );
  }
  const file = readDicomFile(stdout, stdout.length);
  return await decodePixels(file, layout, refuseExtendedJpeg);
}

function start(): Deno.ChildProcess | null {
  try {
    return new Deno.Command("dcmdjpeg", {
      args: ["--quiet", "-", "-"],
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (absent) return null;
    throw error;
  }
}

/** A DICOM file around a compressed stream, with what a decoder must know (PS3.10). */
function wrapped(stream: Uint8Array, layout: PixelLayout): Uint8Array<ArrayBuffer> {
  const meta = element(TAGS.TransferSyntaxUID, "UI", text(JPEG_EXTENDED));
  const even = new Uint8Array(stream.length + (stream.length & 1));
  even.set(stream);
  return joined([
    new Uint8Array(128),
    text("DICM"),
    element(TAGS.FileMetaInformationGroupLength, "UL", number32(meta.length)),
    meta,
    element(TAGS.SamplesPerPixel, "US", number16(1)),
    element(TAGS.PhotometricInterpretation, "CS", text("MONOCHROME2 ")),
    element(TAGS.Rows, "US", number16(layout.rows)),
    element(TAGS.Columns, "US", number16(layout.columns)),
    element(TAGS.BitsAllocated, "US", number16(layout.bitsAllocated)),
    element(TAGS.BitsStored, "US", number16(layout.bitsStored)),
    element(TAGS.HighBit, "US", number16(layout.highBit)),
    element(TAGS.PixelRepresentation, "US", number16(layout.signed ? 1 : 0)),
    head(TAGS.PixelData, "OB", UNDEFINED_LENGTH),
    item(0xe000, new Uint8Array()),
    item(0xe000, even),
    item(0xe0dd, new Uint8Array()),
  ]);
}

function element(tag: number, vr: string, value: Uint8Array): Uint8Array {
  const even = value.length & 1 ? joined([value, new Uint8Array(1)]) : value;
  return joined([head(tag, vr, even.length), even]);
}

function head(tag: number, vr: string, length: number): Uint8Array {
  const place = joined([number16(tag >>> 16), number16(tag & 0xffff), text(vr)]);
  return vr === "OB"
    ? joined([place, number16(0), number32(length)])
    : joined([place, number16(length)]);
}

function item(tag: number, value: Uint8Array): Uint8Array {
  return joined([number16(0xfffe), number16(tag), number32(value.length), value]);
}

function number16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

function number32(value: number): Uint8Array {
  return joined([number16(value & 0xffff), number16(value >>> 16)]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
