import type { z } from "@hono/zod-openapi";
import type { problemSchema } from "../shared/contracts/common.ts";
import type { Fault } from "../shared/domain/mod.ts";
import type { ProblemType } from "../shared/http/problem.ts";

/** A problem as sent (RFC 9457). */
export type ProblemBody = z.infer<typeof problemSchema>;

/** mammoeval rejected a request. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** Stable slug; `docs/problem_types.md` explains each. */
  readonly type: ProblemType;
  readonly title: string;
  readonly status: number;
  /** What is wrong and what to do; equals the message. */
  readonly detail: string;
  /** Faults with exam, view, image, row or field; truncated if there are very many. */
  readonly errors: readonly Fault[];
  /** Total number of faults. */
  readonly errorsTotal: number;
  /** Id of the request in the service's logs. */
  readonly requestId: string;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.type = body.type as ProblemType;
    this.title = body.title;
    this.status = body.status;
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.errorsTotal = body.errors_total ?? this.errors.length;
    this.requestId = body.request_id;
  }
}

/** The score exists, but the data owner has not released it to the caller. */
export class WithheldError extends Error {
  override readonly name = "WithheldError";

  constructor(id: string) {
    super(`Score ${id} is withheld until the data owner releases it`);
  }
}

/** The service did not answer, or the connection broke before the response was complete. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  readonly url: string;

  /** @param cause what `fetch` or the body's stream threw */
  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`No mammoeval answers at ${url}: ${reason}`, { cause });
    this.url = url;
  }
}

/** The response is not from mammoeval but from a proxy or another program at this address. */
export class ForeignAnswerError extends Error {
  override readonly name = "ForeignAnswerError";
  readonly url: string;
  readonly status: number;

  constructor(url: string, status: number) {
    super(`${url} answered ${status} without a reason: is mammoeval there?`);
    this.url = url;
    this.status = status;
  }
}

/** Returns whether a retry may succeed: there was no answer, or a gateway error (502 to 504). */
export function isLost(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return (error instanceof ProblemError || error instanceof ForeignAnswerError) &&
    error.status >= BAD_GATEWAY && error.status <= GATEWAY_TIMEOUT;
}

const BAD_GATEWAY = 502;
const GATEWAY_TIMEOUT = 504;
