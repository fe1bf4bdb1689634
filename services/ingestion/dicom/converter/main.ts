/**
 * A process that looks into DICOM files: requests come as lines on stdin, answers go as lines to
 * stdout. The work is done in a thread, this one watches it: a file that takes too long ends the
 * process, and so does the end of stdin, which is the end of the service that has started it.
 *
 * Usage: main.ts <patience with a file in seconds>
 *
 * @module
 */
import { TextLineStream } from "./text_lines.ts";
import { type ConverterAnswer, TIMED_OUT_EXIT_CODE } from "./messages.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const patienceMs = 1000 * Number(Deno.args[0]);
const encoder = new TextEncoder();
let watch: ReturnType<typeof setTimeout> | undefined;

worker.onmessage = ({ data }: MessageEvent<ConverterAnswer>): void => {
  clearTimeout(watch);
  Deno.stdout.writeSync(encoder.encode(JSON.stringify(data) + "\n"));
};
worker.onerror = (): never => Deno.exit(1);

for await (const line of Deno.stdin.readable.pipeThrough(new TextLineStream())) {
  watch = setTimeout(() => Deno.exit(TIMED_OUT_EXIT_CODE), patienceMs);
  worker.postMessage(JSON.parse(line));
}
Deno.exit(0);
