import type { Caller } from "../../../shared/http/mod.ts";
import type { JobKind, JobRequest, JobResult } from "./jobs.ts";

/** Who waits for a job. */
export interface Asker {
  /** Turns are shared among users. */
  readonly caller: Caller;
  /** Aborted when the caller has left: a job that nobody waits for is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * All the work of scoring that would keep the answering thread from answering: whatever computes, or parses a
 * file that somebody sent. Routes give jobs and never do one themselves.
 */
export interface Compute {
  /**
   * Does a job when it is its user's turn.
   *
   * @throws {Problem} `too_many_requests` where the user has too many jobs waiting, `unavailable` where there
   *   are too many in all or the service stops, `too_large` where the job takes too much memory or time
   */
  run<K extends JobKind>(kind: K, request: JobRequest<K>, asker: Asker): Promise<JobResult<K>>;
  /** Ends it; jobs under way are given up. */
  stop(): Promise<void>;
}
