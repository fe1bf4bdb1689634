/**
 * The thread of a compute process that does the work: one job after another, as it is told.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { assembleSource } from "./assemble.ts";
import { packFrame, unpackFrame } from "./frames.ts";
import { doJob, type JobKind, type JobRequest } from "./jobs.ts";

/** What a compute process is asked. */
export interface JobOrder<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly request: JobRequest<K>;
}

/** What it answers. */
export type JobAnswer = { readonly result: unknown } | { readonly failure: string };

const source = assembleSource(Deno.args[0]!);

async function answer({ kind, request }: JobOrder): Promise<JobAnswer> {
  try {
    return { result: await doJob(kind, request, source) };
  } catch (error) {
    return { failure: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

self.onmessage = async ({ data }: MessageEvent<Uint8Array>): Promise<void> => {
  const frame = packFrame(await answer(unpackFrame(data) as JobOrder));
  // From this thread, so that the one that watches stays free.
  for (let written = 0; written < frame.length;) {
    written += Deno.stdout.writeSync(frame.subarray(written));
  }
};
