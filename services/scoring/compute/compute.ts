import type { Caller } from "../../../shared/http/mod.ts";
import type { JobKind, JobRequest, JobResult } from "./jobs.ts";

/** A caller that waits for a job. */
export interface Asker {
  /** Users take turns. */
  readonly caller: Caller;
  /** Aborted when the caller disconnects; a job without callers is cancelled. */
  readonly signal: AbortSignal;
}

/** The pool for all work that would block the thread that answers requests; routes never compute. */
export interface Compute {
  /**
   * Runs a job when it is the user's turn.
   * @throws {Problem} `too_many_requests`, `unavailable` if full or stopping, `too_large` for memory or time
   */
  run<K extends JobKind>(kind: K, request: JobRequest<K>, asker: Asker): Promise<JobResult<K>>;
  stop(): Promise<void>;
}
