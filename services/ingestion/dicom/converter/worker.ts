/**
 * The thread of a converter process that does the work.
 *
 * @module
 */
import { decodeWithDcmdjpeg } from "../dcmdjpeg.ts";
import type { Refusal } from "../dicom_converter.ts";
import { DicomRefused } from "../dicom_refused.ts";
import type { ConverterAnswer, ConverterRequest } from "./messages.ts";
import { convertFile, inspectFile } from "./work.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ConverterRequest>) => void;
  postMessage(answer: ConverterAnswer): void;
};

async function answer(request: ConverterRequest): Promise<ConverterAnswer> {
  try {
    return request.do === "inspect"
      ? await inspectFile(request.path)
      : await convertFile(request, decodeWithDcmdjpeg);
  } catch (error) {
    return refusalOf(error);
  }
}

/** Errors of the system name paths, and paths name patients: only the kind of the error is told. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof DicomRefused) {
    return { ok: false, code: error.code, message: error.message };
  }
  const kind = error instanceof Error ? error.name : "unknown error";
  return { ok: false, code: "dicom_unreadable", message: `cannot be read or converted: ${kind}` };
}

thread.onmessage = ({ data }): void => {
  answer(data).then((done) => thread.postMessage(done));
};
