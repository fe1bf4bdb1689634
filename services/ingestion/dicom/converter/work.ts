import { createHash } from "node:crypto";
import { DICOM_FILE_BYTES_MAX, DICOM_HEADER_BYTES } from "../../../../shared/limits.ts";
import { readAt, writeFileAtomic } from "../../../../shared/volume/mod.ts";
import { convertImage } from "../convert_image.ts";
import type { DataSet } from "../data_set.ts";
import { describeImage, tellsMammogram } from "../describe_image.ts";
import { DicomRefused, type RefusalCode } from "../dicom_refused.ts";
import type {
  Conversion,
  ConversionOrder,
  ConverterAnswer,
  ConverterRequest,
  Inspection,
  Refusal,
} from "../dicom_converter.ts";
import { NeedsMoreBytes } from "../read_data_set.ts";
import { type DicomFile, readDicomFile } from "../read_dicom_file.ts";

/** Executes a request. Every error becomes a refusal. */
export async function answerRequest(request: ConverterRequest): Promise<ConverterAnswer> {
  try {
    return request.do === "inspect" ? await inspectFile(request.path) : await convertFile(request);
  } catch (error) {
    return refusalOf(error);
  }
}

/** System errors contain paths, and paths may identify patients, so only the error's name is reported. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof DicomRefused) {
    const { code, message, dataSet } = error;
    if (dataSet === null) return { ok: false, code, message };
    return { ok: false, code, message, description: describeImage(dataSet) };
  }
  const kind = error instanceof Error ? error.name : "unknown error";
  return { ok: false, code: "dicom_unreadable", message: `cannot be read or converted: ${kind}` };
}

/** @throws {DicomRefused} when it is not DICOM, or damaged */
async function inspectFile(path: string): Promise<Inspection> {
  using file = await Deno.open(path);
  const { size, mtime } = await file.stat();
  const { header, bytes } = await readHeader(file, size);
  if (header.pixels === null && tellsMammogram(header.dataSet) !== false) {
    const message = "holds no pixels: it is cut off, or was exported without them; export it again";
    throw refusal(header.dataSet, "dicom_no_pixels", message);
  }
  const pixelsAt = header.bytes === bytes ? header.pixels?.offset ?? 0 : 0;
  const fingerprint = createHash("sha256")
    .update(bytes)
    .update(`\n${size}\n${mtime?.getTime() ?? 0}`)
    .digest("hex");
  return { ok: true, description: describeImage(header.dataSet), fingerprint, pixelsAt };
}

async function readHeader(
  file: Deno.FsFile,
  size: number,
): Promise<{ header: DicomFile; bytes: Uint8Array }> {
  for (let length = DICOM_HEADER_BYTES;; length *= 8) {
    const bytes = await readAt(file, 0, Math.min(length, size, DICOM_FILE_BYTES_MAX));
    try {
      return { header: readDicomFile(bytes, size), bytes };
    } catch (error) {
      if (!(error instanceof NeedsMoreBytes)) throw error;
      const { dataSet } = error;
      // A file that is no mammogram is not read further, however large.
      if (dataSet !== null && tellsMammogram(dataSet, false) === false) {
        throw refusal(dataSet, "dicom_unreadable", "is no mammogram");
      }
      if (bytes.length < size && bytes.length >= DICOM_FILE_BYTES_MAX) {
        throw refusal(dataSet, "dicom_too_large", `has over ${DICOM_FILE_BYTES_MAX} bytes`);
      }
      if (bytes.length < Math.min(length, size)) {
        throw new DicomRefused("dicom_truncated", "became shorter while it was read");
      }
    }
  }
}

function refusal(dataSet: DataSet | null, code: RefusalCode, message: string): DicomRefused {
  const refused = new DicomRefused(code, message);
  refused.dataSet = dataSet;
  return refused;
}

/** @throws {DicomRefused} when it cannot be converted */
async function convertFile({ path, target, window }: ConversionOrder): Promise<Conversion> {
  const { size } = await Deno.stat(path);
  if (size > DICOM_FILE_BYTES_MAX) {
    throw new DicomRefused("dicom_too_large", `has over ${DICOM_FILE_BYTES_MAX} bytes`);
  }
  const { png, breast, warnings } = await convertImage(await Deno.readFile(path), window);
  await writeFileAtomic(target, png, { mode: 0o644 });
  return { ok: true, breast, warnings };
}
