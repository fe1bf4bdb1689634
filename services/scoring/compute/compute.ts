import type { Caller } from "../../../shared/http/mod.ts";
import type { JobKind, JobRequest, JobResult } from "./jobs.ts";

/** A caller that waits for a job. */
export interface Asker {
  /** Users take turns. */
  readonly caller: Caller;
  /** Aborted when the caller disconnects; a job without callers is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * The pool for all scoring work that would block the thread that answers requests: computing, and
 * parsing uploaded files. Routes submit jobs and never run one themselves.
 */
export interface Compute {
  /**
   * Runs a job when it is the user's turn.
   * @throws {Problem} `too_many_requests` if the user has too many jobs waiting, `unavailable` if there are too many in
   * all or the service stops, `too_large` if the job takes too much memory or time
   */
  run<K extends JobKind>(kind: K, request: JobRequest<K>, asker: Asker): Promise<JobResult<K>>;
  /** Stops the pool; cancels running jobs. */
  stop(): Promise<void>;
}
