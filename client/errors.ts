import type { z } from "@hono/zod-openapi";
import type { problemSchema } from "../shared/contracts/common.ts";
import type { Fault } from "../shared/domain/mod.ts";
import type { ProblemType } from "../shared/http/problem.ts";

/** A problem as it is sent (RFC 9457). */
export type ProblemBody = z.infer<typeof problemSchema>;

/** mammoeval said why it did not do what was asked. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** Stable slug; `docs/problem_types.md` says what to do about each. */
  readonly type: ProblemType;
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  /** What is wrong and what to do; also the message. */
  readonly detail: string;
  /** Faults with exam, view, image, row or field; a part of them where there are very many. */
  readonly errors: readonly Fault[];
  /** How many faults there are in all. */
  readonly errorsTotal: number;
  /** Under this id the service's logs have it. */
  readonly requestId: string;

  /** @param body the problem as it was sent */
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

/** A score is there, and the data owner has not released it to the caller. */
export class WithheldError extends Error {
  override readonly name = "WithheldError";

  /** @param id of the score */
  constructor(id: string) {
    super(`Score ${id} is withheld until the data owner releases it`);
  }
}

/** Nobody answered, or the connection broke before the answer was whole. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  /** Who was asked. */
  readonly url: string;

  /** @param cause what `fetch` or the body's stream threw */
  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`No mammoeval answers at ${url}: ${reason}`, { cause });
    this.url = url;
  }
}

/** Somebody answered as mammoeval does not: a proxy, or another program at this address. */
export class ForeignAnswerError extends Error {
  override readonly name = "ForeignAnswerError";
  readonly url: string;
  /** HTTP status. */
  readonly status: number;

  constructor(url: string, status: number) {
    super(`${url} answered ${status} without a reason: is mammoeval there?`);
    this.url = url;
    this.status = status;
  }
}

/**
 * @returns whether the same may succeed a little later: nobody answered, or only what stands in front
 */
export function isLost(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return (error instanceof ProblemError || error instanceof ForeignAnswerError) &&
    error.status >= BAD_GATEWAY && error.status <= GATEWAY_TIMEOUT;
}

const BAD_GATEWAY = 502;
const GATEWAY_TIMEOUT = 504;
