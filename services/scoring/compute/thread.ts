/**
 * The worker thread of a compute process, which runs its jobs.
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { assembleSource } from "./assemble.ts";
import { packFrame, unpackFrame } from "./frames.ts";
import { doJob, type JobKind, type JobRequest } from "./jobs.ts";

export interface JobOrder<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly request: JobRequest<K>;
}

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
  // Written from this thread, so that the main thread stays responsive.
  for (const part of packFrame(await answer(unpackFrame(data) as JobOrder))) {
    for (let written = 0; written < part.length;) {
      written += Deno.stdout.writeSync(part.subarray(written));
    }
  }
};
