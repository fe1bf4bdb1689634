/**
 * A compute process: reads jobs as frames from stdin and writes answers as frames to stdout. A
 * worker thread does the jobs; the main thread watches stdin and exits when it closes, that is,
 * when the parent service exits.
 *
 * Usage: main.ts <the results volume>
 * @module
 */
import { readFrames } from "./frames.ts";

// Ctrl-C signals the whole process group; the parent decides when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
// An uncaught error in the worker ends the process.
const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
for await (const order of readFrames(Deno.stdin.readable)) thread.postMessage(order);
Deno.exit(0);
