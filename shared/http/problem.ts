import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Fault } from "../domain/mod.ts";
import { FAULTS_LISTED_MAX } from "../limits.ts";
import type { z } from "zod";
import type { problemReason } from "../contracts/common.ts";

/** Stable problem types with their status and title. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: "Invalid request" },
  unauthorized: { status: 401, title: "Authentication required" },
  forbidden: { status: 403, title: "Not permitted" },
  path_not_allowed: { status: 403, title: "Path not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  request_timeout: { status: 408, title: "Request timeout" },
  dataset_exists: { status: 409, title: "Dataset exists with other content" },
  dataset_in_use: { status: 409, title: "Dataset in use" },
  dataset_not_ready: { status: 409, title: "Dataset not ready" },
  request_in_flight: { status: 409, title: "Request in progress" },
  not_finished: { status: 409, title: "Evaluation not finished" },
  too_large: { status: 413, title: "Request too large" },
  unsupported_media_type: { status: 415, title: "Unsupported content type" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  invalid_data_list: { status: 422, title: "Invalid data list" },
  invalid_predictions: { status: 422, title: "Invalid predictions" },
  invalid_reader_study: { status: 422, title: "Invalid reader study" },
  invalid_parameters: { status: 422, title: "Invalid parameters" },
  incomplete_exams: { status: 422, title: "Incomplete exams" },
  invalid_model: { status: 422, title: "Invalid model folder" },
  device_unsupported: { status: 422, title: "Device not supported" },
  gpu_unavailable: { status: 422, title: "GPU not available" },
  idempotency_key_reused: { status: 422, title: "Idempotency key reused" },
  scores_not_comparable: { status: 422, title: "Scores not comparable" },
  too_many_requests: { status: 429, title: "Too many requests" },
  too_many_attempts: { status: 429, title: "Too many failed attempts" },
  quota_exceeded: { status: 429, title: "Quota exceeded" },
  internal_error: { status: 500, title: "Internal error" },
  upstream_unavailable: { status: 502, title: "Service not reachable" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;

export type ProblemType = keyof typeof PROBLEMS;

export type ProblemReason = z.infer<typeof problemReason>;

/** An error that becomes an RFC 9457 response. Thrown at the HTTP boundary, never in pure code. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: readonly Fault[];
  /** Total number of faults; `errors` may list only some of them. */
  readonly errorsTotal: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Distinguishes cases of one type for programs. */
  readonly reason: ProblemReason | null;

  /** The response lists at most {@link FAULTS_LISTED_MAX} of `errors`. */
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

/** Renders a problem as `application/problem+json` (RFC 9457). */
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

/** Retry-After for a full volume, in seconds. */
const DISK_FULL_RETRY_S = 60;

export function diskFull(cause: unknown): Problem {
  return new Problem(
    "unavailable",
    "The results volume is full and nothing was stored: free space on it and send the request again",
    { reason: "disk_full", cause, headers: { "retry-after": String(DISK_FULL_RETRY_S) } },
  );
}

/** Creates a problem from at least one fault; the first becomes the detail. */
export function refusal(type: ProblemType, what: string, errors: readonly Fault[]): Problem {
  const more = errors.length > 1 ? ` (${errors.length} faults in all: see errors)` : "";
  return new Problem(type, `${what}: ${errors[0]?.message ?? "unknown fault"}${more}`, { errors });
}
