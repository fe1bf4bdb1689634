/**
 * A compute process: jobs as frames on stdin, answers on stdout. A worker thread does the jobs; this one exits when
 * stdin closes, that is, when the service exits. Usage: main.ts <the results volume>
 * @module
 */
import { readFrames } from "./frames.ts";

// Ctrl-C signals the whole process group; the parent decides when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
// An uncaught error in the worker ends the process.
const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
for await (const order of readFrames(Deno.stdin.readable)) thread.postMessage(order);
Deno.exit(0);
