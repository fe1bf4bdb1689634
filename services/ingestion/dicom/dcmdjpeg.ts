import { joinBytes } from "../../../shared/format/join_bytes.ts";
import type { Cells } from "./codecs.ts";
import { decodePixels, refuseExtendedJpeg } from "./decode_pixels.ts";
import type { PixelLayout } from "./describe_pixels.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readDicomFile } from "./read_dicom_file.ts";
import { TAGS } from "./tags.ts";
import {
  ascii,
  element,
  elementHead,
  fileStart,
  item,
  number16,
  UNDEFINED_LENGTH,
} from "./write_data_set.ts";

/** Warnings of libjpeg about damaged or missing data that it has filled in. */
const DAMAGE = /Corrupt JPEG data|Premature end of JPEG/i;
const JPEG_EXTENDED = "1.2.840.10008.1.2.4.51";

/**
 * Decodes 12-bit lossy JPEG with dcmtk's `dcmdjpeg`. The pipe carries a file made for this purpose, with the
 * compressed pixels and their layout only, so no identifying data leaves the process.
 *
 * @throws {DicomRefused} when the program is not installed or cannot decode the stream
 */
export async function decodeWithDcmdjpeg(stream: Uint8Array, layout: PixelLayout): Promise<Cells> {
  const command = start();
  if (command === null) return await refuseExtendedJpeg();
  const writer = command.stdin.getWriter();
  // A failing decoder closes its stdin early; its exit code reports the failure.
  const writing = writer.write(wrapped(stream, layout)).then(() => writer.close()).catch(() => {});
  const { success, stdout, stderr } = await command.output();
  await writing;
  if (!success || DAMAGE.test(new TextDecoder().decode(stderr))) {
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
      args: ["--log-level", "warn", "-", "-"],
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (absent) return null;
    throw error;
  }
}

/** Wraps a compressed stream in a DICOM file with the elements a decoder needs (PS3.10). */
function wrapped(stream: Uint8Array, layout: PixelLayout): Uint8Array<ArrayBuffer> {
  const even = new Uint8Array(stream.length + (stream.length & 1));
  even.set(stream);
  return joinBytes([
    fileStart(JPEG_EXTENDED),
    element(TAGS.SamplesPerPixel, "US", number16(1)),
    element(TAGS.PhotometricInterpretation, "CS", ascii("MONOCHROME2")),
    element(TAGS.Rows, "US", number16(layout.rows)),
    element(TAGS.Columns, "US", number16(layout.columns)),
    element(TAGS.BitsAllocated, "US", number16(layout.bitsAllocated)),
    element(TAGS.BitsStored, "US", number16(layout.bitsStored)),
    element(TAGS.HighBit, "US", number16(layout.highBit)),
    element(TAGS.PixelRepresentation, "US", number16(layout.signed ? 1 : 0)),
    elementHead(TAGS.PixelData, "OB", UNDEFINED_LENGTH),
    item(0xe000),
    item(0xe000, even),
    item(0xe0dd),
  ]);
}
