/**
 * One request, for those who must be able to say who did what. What changes something has two entries of one
 * `request_id`: before it is done, without a status, and after it.
 */
export interface AuditEntry {
  /** RFC 3339. */
  readonly at: string;
  /** Name of the user; null when nobody known has asked. */
  readonly user: string | null;
  /** Id of the token; null when there was no right one. */
  readonly token: string | null;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Of the answer; null before it is known. */
  readonly status: number | null;
  /** Slug of the refusal, or null. */
  readonly refusal: string | null;
  readonly request_id: string;
  /** How many entries about unknown callers were left out before this one, where there were too many. */
  readonly left_out?: number;
}

/** Where it is written down who asked for what; nothing is ever changed there. */
export interface AuditLog {
  /**
   * Writes one entry, whole or not at all.
   *
   * @throws {Error} when it cannot be written: then nothing may be done that it tells of
   */
  append(entry: AuditEntry): Promise<void>;
}
