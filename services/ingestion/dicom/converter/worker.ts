/**
 * Worker thread of a converter process.
 * @module
 */
import type { ConverterAnswer, ConverterRequest } from "../dicom_converter.ts";
import { answerRequest } from "./work.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ConverterRequest>) => void;
  postMessage(answer: ConverterAnswer): void;
};

thread.onmessage = ({ data }): void => {
  answerRequest(data).then((done) => thread.postMessage(done));
};
