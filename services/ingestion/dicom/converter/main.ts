/**
 * Converter process: requests as lines on stdin, answers as lines on stdout. A worker thread does the work; the main
 * thread ends the process when a file takes longer than the timeout in seconds (argument) or when stdin closes.
 * @module
 */
import { createInterface } from "node:readline";
import { stdin } from "node:process";
import { type ConverterAnswer, TIMED_OUT_EXIT_CODE } from "../dicom_converter.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const patienceMs = 1000 * Number(Deno.args[0]);
const encoder = new TextEncoder();
let watch: ReturnType<typeof setTimeout> | undefined;

worker.onmessage = ({ data }: MessageEvent<ConverterAnswer>): void => {
  clearTimeout(watch);
  Deno.stdout.writeSync(encoder.encode(JSON.stringify(data) + "\n"));
};
worker.onerror = (): never => Deno.exit(1);

for await (const line of createInterface(stdin)) {
  watch = setTimeout(() => Deno.exit(TIMED_OUT_EXIT_CODE), patienceMs);
  worker.postMessage(JSON.parse(line));
}
Deno.exit(0);
