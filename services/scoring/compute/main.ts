/**
 * A process that computes: orders come as frames on stdin, answers go as frames to stdout. The work is done
 * in a thread; this one watches, and ends the process with stdin, which is the end of the service that has
 * started it.
 *
 * Usage: main.ts <the results volume>
 *
 * @module
 */
import { readFrames } from "./frames.ts";

// Ctrl-C reaches the whole group; whoever has started this process decides when it ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
// What goes wrong in it beside a job ends the process.
const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
for await (const order of readFrames(Deno.stdin.readable)) thread.postMessage(order);
Deno.exit(0);
