import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Fault } from "../domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../limits.ts";
import type { z } from "zod";
import type { problemReason } from "../contracts/common.ts";

/** Stable problem slugs with the status and title that go with each. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: "The request is not valid" },
  unauthorized: { status: 401, title: "Who asks is not known" },
  forbidden: { status: 403, title: "The role does not allow this" },
  path_not_allowed: { status: 403, title: "The path may not be read" },
  not_found: { status: 404, title: "There is no such thing here" },
  method_not_allowed: { status: 405, title: "The route does not take this method" },
  request_timeout: { status: 408, title: "The request did not arrive" },
  dataset_in_use: { status: 409, title: "The dataset is in use" },
  dataset_not_ready: { status: 409, title: "The dataset is not ready" },
  request_in_flight: { status: 409, title: "A request with this key is still being worked on" },
  not_finished: { status: 409, title: "The evaluation has not ended" },
  too_large: { status: 413, title: "The request is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  invalid_data_list: { status: 422, title: "The data list cannot be used" },
  invalid_predictions: { status: 422, title: "The predictions cannot be used" },
  invalid_reader_study: { status: 422, title: "The reader study cannot be used" },
  invalid_parameters: { status: 422, title: "The model does not take these parameters" },
  incomplete_exams: { status: 422, title: "The model cannot take all exams" },
  invalid_model: { status: 422, title: "The model folder cannot be used" },
  device_unsupported: { status: 422, title: "The model does not run on this device" },
  gpu_unavailable: { status: 422, title: "The GPU is not available" },
  idempotency_key_reused: { status: 422, title: "The key was used for another request" },
  scores_not_comparable: { status: 422, title: "The scores cannot be compared" },
  too_many_requests: { status: 429, title: "Too many requests" },
  too_many_attempts: { status: 429, title: "Too many wrong tokens" },
  quota_exceeded: { status: 429, title: "The quota is used up" },
  internal_error: { status: 500, title: "Something went wrong here" },
  upstream_unavailable: { status: 502, title: "Another part of mammoeval does not answer" },
  unavailable: { status: 503, title: "Not available now" },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;

/** Slug of a problem. */
export type ProblemType = keyof typeof PROBLEMS;

/** Why something is `unavailable`. */
export type ProblemReason = z.infer<typeof problemReason>;

/** An error that becomes an RFC 9457 answer. Thrown at the HTTP boundary, never in pure code. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: readonly Fault[];
  /** How many faults there are in all: more than `errors` where those are a part. */
  readonly errorsTotal: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What it is for, where programs should tell several cases of one type apart. */
  readonly reason: ProblemReason | null;

  /**
   * @param type stable slug
   * @param detail one or two sentences: what is wrong and what to do
   * @param options faults (the answer lists at most {@link FAULTS_LISTED_MAX}), how many there are
   *   where these are not all, headers
   */
  constructor(
    type: ProblemType,
    detail: string,
    options: {
      errors?: readonly Fault[];
      errorsTotal?: number;
      headers?: Record<string, string>;
      reason?: ProblemReason | null;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "Problem";
    this.type = type;
    this.errors = options.errors ?? [];
    this.errorsTotal = options.errorsTotal ?? this.errors.length;
    this.headers = options.headers ?? {};
    this.reason = options.reason ?? null;
  }
}

/**
 * Renders a problem as `application/problem+json` (RFC 9457).
 *
 * @param problem what went wrong
 * @param requestId ties the answer to the log
 */
export function problemResponse(problem: Problem, requestId: string): Response {
  const { status, title } = PROBLEMS[problem.type];
  const body = {
    type: problem.type,
    title,
    status,
    detail: problem.message,
    ...(problem.reason === null ? {} : { reason: problem.reason }),
    ...(problem.errors.length === 0 ? {} : {
      errors: problem.errors.slice(0, FAULTS_LISTED_MAX),
      errors_total: problem.errorsTotal,
    }),
    request_id: requestId,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...problem.headers, "content-type": "application/problem+json" },
  });
}

/** Time after which a full volume is worth another try, in seconds. */
const DISK_FULL_RETRY_S = 60;

/**
 * The refusal of what finds no room on the volume.
 *
 * @param cause what was thrown
 */
export function diskFull(cause: unknown): Problem {
  return new Problem(
    "unavailable",
    "The results volume is full, and nothing of this was kept: free space on it and send it again",
    { reason: "disk_full", cause, headers: { "retry-after": String(DISK_FULL_RETRY_S) } },
  );
}
