/**
 * Worker thread of a converter process.
 *
 * @module
 */
import { decodeWithDcmdjpeg } from "../dcmdjpeg.ts";
import type { ConverterAnswer, ConverterRequest } from "./messages.ts";
import { answerRequest } from "./work.ts";

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ConverterRequest>) => void;
  postMessage(answer: ConverterAnswer): void;
};

thread.onmessage = ({ data }): void => {
  answerRequest(data, decodeWithDcmdjpeg).then((done) => thread.postMessage(done));
};
