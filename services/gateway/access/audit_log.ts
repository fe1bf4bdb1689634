/** One audited request. A change has two entries of one `request_id`: before it, without a status, and after. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly at: string;
  /** Name of the user; null for an unknown caller. */
  readonly user: string | null;
  /** Id of the token; null without a valid one. */
  readonly token: string | null;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Of the answer; null before it is known. */
  readonly status: number | null;
  /** Slug of the refusal, or null. */
  readonly refusal: string | null;
  readonly request_id: string;
  /** How many entries about unknown callers were dropped before this one because of the limit. */
  readonly left_out?: number;
}

/** The append-only audit log. */
export interface AuditLog {
  /** Appends one entry atomically; if it throws, the audited request must not be executed. */
  append(entry: AuditEntry): Promise<void>;
}
